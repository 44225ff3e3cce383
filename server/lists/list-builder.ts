import type { Item } from '../../schema/graphql/item.ts'
import {
  BecauseOfItem,
  ChosenByShop,
  MatchesTaste,
  NewArrival,
  Pick,
  PopularNow,
  type Reason,
} from '../../schema/graphql/recommendations.ts'
import type { PickReason, RankedItem } from '../../schema/records/ranked-list.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { diversify } from './diversify.ts'
import type { ItemTest } from './item-filter.ts'

/** What a request asks of a list. */
export interface ListRequest {
  readonly first: number
  readonly isEligible: ItemTest
  readonly exclude: ReadonlySet<string>
  readonly diversity: number
}

interface Candidate {
  readonly item: Item
  readonly score: number
  readonly reason: PickReason
}

/**
 * Builds one list from sources in the order they are added. Nothing gets in that is unavailable, filtered out, excluded
 * or in the list already, whatever the source says.
 */
export class ListBuilder {
  private readonly catalog: Catalog
  private readonly request: ListRequest
  private readonly excluded: Set<string>
  private readonly chosen: Candidate[] = []

  constructor(catalog: Catalog, request: ListRequest) {
    this.catalog = catalog
    this.request = request
    this.excluded = new Set(request.exclude)
  }

  get missing(): number {
    return this.request.first - this.chosen.length
  }

  /** Keeps these out of what is added from now on. */
  exclude(itemIds: Iterable<string>): this {
    for (const id of itemIds) this.excluded.add(id)
    return this
  }

  /** The ranked list proper: varied as asked for, then cut. */
  addRanked(ranked: Iterable<RankedItem>): this {
    const { diversity } = this.request
    const eligible = this.eligible(ranked, diversity > 0 ? Number.POSITIVE_INFINITY : this.missing)
    const chosen = diversity > 0 ? diversify(eligible, this.missing, diversity) : eligible
    for (const candidate of chosen) this.take(candidate)
    return this
  }

  /** Places that are left over, in the order given; scored below all that is ranked. */
  fill(ranked: Iterable<RankedItem>): this {
    const floor = Math.min(0, this.chosen.at(-1)?.score ?? 0)
    for (const candidate of this.eligible(ranked, this.missing)) this.take({ ...candidate, score: floor })
    return this
  }

  /** Places still left over: the newest of the catalog. */
  fillWithNewest(): this {
    if (this.missing > 0) this.fill(newest(this.catalog))
    return this
  }

  toPicks(): Pick[] {
    const shared = new Map<PickReason, Reason>() // picks mostly share theirs with others
    const presented = ({ reason, item }: Candidate): Reason => {
      const known = shared.get(reason)
      if (known) return known
      const made = this.present(reason, item)
      const isAboutItem = reason.kind === 'because' && made instanceof MatchesTaste
      if (!isAboutItem) shared.set(reason, made)
      return made
    }
    return this.chosen.map((chosen, place) => new Pick(place + 1, chosen.score, chosen.item, presented(chosen)))
  }

  private eligible(ranked: Iterable<RankedItem>, count: number): Candidate[] {
    const found: Candidate[] = []
    if (count <= 0) return found
    for (const { itemId, score, reason } of ranked) {
      if (this.excluded.has(itemId)) continue
      const item = this.catalog.get(itemId)
      if (item === undefined || !this.request.isEligible(item)) continue
      found.push({ item, score, reason })
      if (found.length >= count) break
    }
    return found
  }

  private take(candidate: Candidate): void {
    if (this.excluded.has(candidate.item.id)) return
    this.excluded.add(candidate.item.id)
    this.chosen.push(candidate)
  }

  private present(reason: PickReason, item: Item): Reason {
    switch (reason.kind) {
      case 'because': {
        const because = this.catalog.get(reason.itemId)
        // An event may name an item that the catalog never had or has no more.
        return because ? new BecauseOfItem(because, reason.eventType) : new MatchesTaste(item.categories)
      }
      case 'popular':
        return new PopularNow(reason.window)
      case 'taste':
        return new MatchesTaste(reason.categories)
      case 'new':
        return new NewArrival(reason.publishedAt)
      case 'pinned':
        return new ChosenByShop('pin')
    }
  }
}

function* newest(catalog: Catalog): Iterable<RankedItem> {
  for (const { id, publishedAt } of catalog.newestFirst()) {
    yield { itemId: id, score: 0, reason: { kind: 'new', publishedAt } }
  }
}

/** Both lists are best first; so is the result. */
export function mergeByScore(a: readonly RankedItem[], b: readonly RankedItem[]): RankedItem[] {
  const merged: RankedItem[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    merged.push(j >= b.length || (i < a.length && a[i]!.score >= b[j]!.score) ? a[i++]! : b[j++]!)
  }
  return merged
}

/** Without what earlier lists of the page have. */
export const excluding = <W extends ListRequest>(request: W, itemIds: ReadonlySet<string>): W =>
  itemIds.size === 0 ? request : { ...request, exclude: new Set([...request.exclude, ...itemIds]) }
