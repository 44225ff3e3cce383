import { type RowItem, RowItems, TakenItems } from './row-items.ts'

/** A row that a page may have. */
export interface RowCandidate<Item extends RowItem = RowItem> {
  readonly kind: string
  /** Best first, each item once. */
  readonly items: readonly Item[]
}

export interface PageLimits {
  /** Maximum rows. */
  readonly rows: number
  /** Maximum items of a row. */
  readonly first: number
  /** Minimum items of a row: one with fewer is left out. */
  readonly itemsMin: number
}

/** A further row of a kind counts so much of the one before: who passed over one is less likely to look at the next. */
const sameKindFactor = 0.5

/**
 * Chooses rows one after the other, each time the one with the most expected clicks of what the rows above it leave, so that
 * no item, and no other of its group, is in two rows. Expected clicks of a row:
 *
 *     0.5^(rows of its kind above it) · Σ appeal(item at place k) / log2(k + 1)
 *
 * The k-th place is looked at with the discount of DCG (Järvelin and Kekäläinen, TOIS 2002).
 *
 * @returns the rows in order, each with at least `itemsMin` and at most `first` items; at equal clicks the candidate that was
 * given first
 */
export function chooseRows<Row extends RowCandidate>(candidates: readonly Row[], limits: PageLimits): Row[] {
  const left = [...candidates]
  const taken = new TakenItems()
  const countOfKind = new Map<string, number>()
  const page: Row[] = []
  while (page.length < limits.rows) {
    let best: { place: number; clicks: number; items: RowItem[] } | undefined
    for (const [place, { kind, items }] of left.entries()) {
      const remaining = remainingItems(items, taken, limits.first)
      if (remaining.length < limits.itemsMin) continue
      const clicks = sameKindFactor ** (countOfKind.get(kind) ?? 0) * expectedClicks(remaining)
      if (best === undefined || clicks > best.clicks) best = { place, clicks, items: remaining }
    }
    if (best === undefined) break
    const [row] = left.splice(best.place, 1)
    for (const item of best.items) taken.add(item)
    countOfKind.set(row!.kind, (countOfKind.get(row!.kind) ?? 0) + 1)
    page.push({ ...row!, items: best.items })
  }
  return page
}

function remainingItems<Item extends RowItem>(items: readonly Item[], taken: TakenItems, max: number): Item[] {
  const row = new RowItems<Item>(max)
  for (const item of items) {
    if (row.isFull) break
    if (!taken.has(item)) row.add(item)
  }
  return row.items
}

const expectedClicks = (items: readonly RowItem[]): number =>
  items.reduce((sum, { appeal }, k) => sum + appeal / Math.log2(k + 2), 0)
