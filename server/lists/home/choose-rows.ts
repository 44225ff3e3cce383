import { type RowItem, RowItems, TakenItems } from './row-items.ts'

/** A row that may be chosen for a page. */
export interface RowCandidate<Item extends RowItem = RowItem> {
  readonly kind: string
  /** Best first, each item once. */
  readonly items: readonly Item[]
  /**
   * Arranges the items that the rows above leave, before the row is cut to its size. May add items that are not taken.
   * Default: they stay as they are.
   */
  finish?(remaining: readonly Item[], taken: TakenItems): readonly Item[]
}

export interface PageLimits {
  /** Maximum rows. */
  readonly rows: number
  /** Maximum items of a row. */
  readonly first: number
  /** Minimum items of a row; rows with fewer are left out. */
  readonly itemsMin: number
}

/**
 * Discount of each further row of the same kind: visitors who skipped one row of a kind are less likely to look at the
 * next.
 */
const sameKindFactor = 0.5

/**
 * Chooses rows greedily: each time the row with the most expected clicks, not counting items that the rows above it
 * have. So no item, and no two items of one group, are on a page twice. Expected clicks of a row:
 *
 *     0.5^(rows of its kind above it) · Σ appeal(item at position k) / log2(k + 1)
 *
 * Position k is discounted as in DCG (Järvelin and Kekäläinen, TOIS 2002).
 *
 * @returns the rows in order, each with at least `itemsMin` and at most `first` items; with equal expected clicks the
 * candidate that comes first in `candidates`
 */
export function chooseRows<Row extends RowCandidate>(candidates: readonly Row[], limits: PageLimits): Row[] {
  const left = [...candidates]
  const taken = new TakenItems()
  const countOfKind = new Map<string, number>()
  const page: Row[] = []
  while (page.length < limits.rows) {
    let best: { index: number; clicks: number; items: readonly RowItem[] } | undefined
    for (const [index, candidate] of left.entries()) {
      const { kind } = candidate
      const remaining = remainingItems(candidate, taken, limits.first)
      if (remaining.length < limits.itemsMin) continue
      const clicks = sameKindFactor ** (countOfKind.get(kind) ?? 0) * expectedClicks(remaining)
      if (best === undefined || clicks > best.clicks) best = { index, clicks, items: remaining }
    }
    if (best === undefined) break
    const [row] = left.splice(best.index, 1)
    for (const item of best.items) taken.add(item)
    countOfKind.set(row!.kind, (countOfKind.get(row!.kind) ?? 0) + 1)
    page.push({ ...row!, items: best.items })
  }
  return page
}

function remainingItems(candidate: RowCandidate, taken: TakenItems, max: number): readonly RowItem[] {
  const row = new RowItems<RowItem>(candidate.finish ? Number.POSITIVE_INFINITY : max)
  for (const item of candidate.items) {
    if (row.isFull) break
    if (!taken.has(item)) row.add(item)
  }
  return candidate.finish ? candidate.finish(row.items, taken).slice(0, max) : row.items
}

const expectedClicks = (items: readonly RowItem[]): number =>
  items.reduce((sum, { appeal }, k) => sum + appeal / Math.log2(k + 2), 0)
