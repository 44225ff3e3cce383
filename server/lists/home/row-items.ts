import type { Item } from '../../../schema/graphql/item.ts'
import type { PickReason, RankedItem } from '../../../schema/records/ranked-list.ts'
import type { Candidate } from '../pipeline/list-context.ts'

/** An item that may be in a row. */
export interface RowItem {
  readonly itemId: string
  /** A page has at most one item per group. Default: null, no group. */
  readonly groupId?: string | null
  /** Relative probability that the item is the next one the user interacts with; comparable within one page. */
  readonly appeal: number
}

export interface HomeItem extends RowItem, Candidate {}

/** Appeal of an item outside the list, as a share of the appeal of the last item in it. */
const unlistedFactor = 0.5

/** The appeal of any item by its score in the user's list: exp(score - best score). */
export class Appeals {
  private readonly best: number
  private readonly scores: ReadonlyMap<string, number>
  private readonly unlisted: number

  /** @param ranked best first */
  constructor(ranked: readonly RankedItem[]) {
    this.best = ranked[0]?.score ?? 0
    this.scores = new Map(ranked.map(({ itemId, score }) => [itemId, score]))
    this.unlisted = unlistedFactor * this.ofScore(ranked.at(-1)?.score ?? this.best)
  }

  of(itemId: string): number {
    const score = this.scores.get(itemId)
    return score === undefined ? this.unlisted : this.ofScore(score)
  }

  ofScore(score: number): number {
    return Math.exp(Math.min(0, score - this.best))
  }
}

/** The items that are taken: an item of a group takes its whole group. */
export class TakenItems {
  private readonly items = new Set<string>()
  private readonly groups = new Set<string>()

  has({ itemId, groupId }: Omit<RowItem, 'appeal'>): boolean {
    return groupId == null ? this.items.has(itemId) : this.groups.has(groupId)
  }

  add({ itemId, groupId }: RowItem): void {
    if (groupId == null) this.items.add(itemId)
    else this.groups.add(groupId)
  }
}

/** Collects the items of one row: each once, the first of each group, at most `max`. */
export class RowItems<Entry extends RowItem = HomeItem> {
  readonly items: Entry[] = []
  private readonly taken = new TakenItems()

  constructor(private readonly max: number) {}

  get isFull(): boolean {
    return this.items.length >= this.max
  }

  add(entry: Entry): void {
    if (this.isFull || this.taken.has(entry)) return
    this.taken.add(entry)
    this.items.push(entry)
  }
}

export const homeItem = (item: Item, appeal: number, score: number, reason: PickReason): HomeItem => ({
  itemId: item.id,
  groupId: item.groupId,
  item,
  appeal,
  score,
  reason,
})

/**
 * Caches the entries of an iterable: several readers iterate over it, and each entry is produced once, when first read.
 */
export function readOnce<T>(source: Iterable<T>): Iterable<T> {
  const entries = source[Symbol.iterator]()
  const read: T[] = []
  return {
    *[Symbol.iterator]() {
      for (let n = 0; ; n++) {
        if (n === read.length) {
          const { done, value } = entries.next()
          if (done) return
          read.push(value)
        }
        yield read[n]!
      }
    },
  }
}
