import type { Item } from '../../schema/graphql/item.ts'
import type { Pick } from '../../schema/graphql/recommendations.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ListRequest } from './list-request.ts'
import type { Candidate, ListContext } from './pipeline/list-context.ts'
import { TakenGroups, variantInstead } from './pipeline/one-of-group.ts'
import { arrange, candidatesMax, isRankingItself } from './pipeline/pipeline.ts'
import { present } from './pipeline/present.ts'

/**
 * Collects the candidates of one list from sources, in the order in which they are added, and arranges them
 * (pipeline/pipeline.ts). Leaves out items that are unavailable, filtered out, excluded or in the list already, and all
 * but the first item of a group: rankings put the variant first that the user interacted with, else the best seller.
 */
export class ListBuilder {
  private readonly excluded: Set<string>
  private readonly taken = new Set<string>()
  private readonly groups = new TakenGroups()
  private readonly candidates: Candidate[] = []

  constructor(private readonly context: ListContext) {
    this.excluded = new Set(context.request.exclude)
  }

  /** Number of candidates still missing to `first`. */
  get missing(): number {
    return this.context.request.first - this.candidates.length
  }

  /** Excludes these from whatever is added after this call, and from the pins. */
  exclude(itemIds: Iterable<string>): this {
    for (const id of itemIds) this.excluded.add(id)
    return this
  }

  /** Adds the ranking itself. */
  addRanked(ranked: Iterable<RankedItem>): this {
    const count = isRankingItself(this.context) ? this.missing : candidatesMax - this.candidates.length
    return this.add(ranked, count)
  }

  /** Fills missing places in the order given; scored below everything that is ranked. */
  fill(ranked: Iterable<RankedItem>): this {
    return this.add(ranked, this.missing, Math.min(0, this.candidates.at(-1)?.score ?? 0))
  }

  /** Fills missing places with the newest items of the catalog. */
  fillWithNewest(): this {
    if (this.missing > 0) this.fill(newest(this.context.catalog))
    return this
  }

  toPicks(): Pick[] {
    const list = arrange(this.candidates, this.context, (id) => this.excluded.has(id))
    return present(list, this.context.catalog)
  }

  private readonly canAdd = (item: Item): boolean =>
    this.context.isEligible(item) && !this.excluded.has(item.id) && !this.taken.has(item.id)

  /** @param floor score of all these, where they fill missing places; undefined: their own scores */
  private add(ranked: Iterable<RankedItem>, count: number, floor?: number): this {
    const { catalog, isEligible } = this.context
    let left = count
    if (left <= 0) return this
    for (const { itemId, score, reason } of ranked) {
      if (this.excluded.has(itemId) || this.taken.has(itemId)) continue
      const found = catalog.get(itemId)
      if (found === undefined || this.groups.has(found)) continue
      const item = isEligible(found) ? found : variantInstead(found, catalog, this.canAdd)
      if (item === undefined) continue
      this.taken.add(item.id)
      this.groups.add(item)
      this.candidates.push(floor === undefined ? { item, score, reason } : { item, score: floor, reason, isFill: true })
      if (--left <= 0) break
    }
    return this
  }
}

function* newest(catalog: Catalog): Iterable<RankedItem> {
  for (const { id, publishedAt } of catalog.newestFirst()) {
    yield { itemId: id, score: 0, reason: { kind: 'new', publishedAt } }
  }
}

/** Merges two lists that are best first into one; with equal scores items of `a` come first. */
export function mergeByScore(a: readonly RankedItem[], b: readonly RankedItem[]): RankedItem[] {
  const merged: RankedItem[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    merged.push(j >= b.length || (i < a.length && a[i]!.score >= b[j]!.score) ? a[i++]! : b[j++]!)
  }
  return merged
}

/** The request with further items excluded: those that earlier lists of the page have. */
export const excluding = <W extends ListRequest>(request: W, itemIds: ReadonlySet<string>): W =>
  itemIds.size === 0 ? request : { ...request, exclude: new Set([...request.exclude, ...itemIds]) }
