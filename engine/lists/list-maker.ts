import { Eligibility } from '../rank/eligibility.ts'
import { featureNames } from '../rank/features.ts'
import { keepOneOfEachGroup, TakenGroups } from '../rank/groups.ts'
import { Ranker } from '../rank/ranker.ts'
import { newItem, type ReasonOf } from '../rank/reasons.ts'
import { TopK } from '../rank/top-k.ts'
import type { ItemSide } from '../replica/item-side.ts'
import type { TrainedModel } from '../train/model.ts'
import type { RankedCandidate } from '../types.ts'
import type { ListOptions } from './options.ts'

/**
 * The steps that all kinds of lists have: exclude, select the best of the ranked candidates, fill up. One list at a
 * time: buffers are shared.
 */
export class ListMaker {
  readonly ranker: Ranker
  readonly eligibility: Eligibility
  /** Of the last selection, best first: places among the candidates, and their scores. */
  readonly places: Int32Array
  readonly order: Float64Array
  /** Order of two candidates of equal score, given their places: the lower id first. */
  readonly ranksBefore: (a: number, b: number) => boolean
  private readonly best: TopK

  /** @param limitMax maximum `limit` of a list */
  constructor(
    readonly side: ItemSide,
    readonly limitMax: number,
  ) {
    this.ranker = new Ranker(side)
    this.eligibility = new Eligibility(side)
    const { ids } = side
    const { candidates } = this.ranker
    this.ranksBefore = (a, b) => ids[candidates[a]!]! < ids[candidates[b]!]!
    this.best = new TopK(limitMax, this.ranksBefore)
    this.places = new Int32Array(limitMax)
    this.order = new Float64Array(limitMax)
  }

  /** Null without a model. */
  get modelVersion(): number | null {
    return this.ranker.foldInModel?.version ?? null
  }

  setModel(model: TrainedModel | null): void {
    this.ranker.setModel(model)
    this.side.content.chooseAttributes(model?.contentAttributes ?? noNames)
  }

  /** Begins a list. @param ids further items that must not be listed */
  begin(
    options: Pick<ListOptions, 'exclude' | 'availableAt'> & { readonly now?: number },
    ids: Iterable<string>,
  ): void {
    const { eligibility } = this
    eligibility.begin(options.availableAt ?? options.now ?? this.side.stats.newestAt)
    eligibility.excludeIds(ids)
    if (options.exclude) eligibility.excludeIds(options.exclude)
  }

  /** Called before the selection: excludes all candidates of a group but one from the list. */
  keepOneOfEachGroup(count: number, options: ListOptions, touched: readonly string[]): void {
    keepOneOfEachGroup(this.ranker, count, {
      side: this.side,
      touched,
      mayList: (item) => this.eligibility.isEligible(item) && this.isAllowed(item, options),
      drop: (item) => this.eligibility.exclude(item),
    })
  }

  selectTop(count: number, options: ListOptions, reason: ReasonOf): RankedCandidate[] {
    return this.listOf(this.selectPlaces(count, options), options, reason)
  }

  /** Fills `places` and `order` with the best candidates, best first; returns how many. */
  selectPlaces(count: number, options: ListOptions): number {
    const { isEligible } = this.eligibility
    const limit = Math.min(options.limit, this.limitMax)
    return this.select(count, limit, (item) => isEligible(item) && this.isAllowed(item, options))
  }

  /** Fills `places` and `order` with the best candidates that `isWanted` accepts, at most `limit`; returns how many. */
  select(count: number, limit: number, isWanted: (item: number) => boolean): number {
    const { best } = this
    const { candidates, scores } = this.ranker
    best.begin(limit)
    for (let c = 0; c < count; c++) {
      if (scores[c]! >= best.threshold && isWanted(candidates[c]!)) best.offer(c, scores[c]!)
    }
    return best.drain(this.places, this.order)
  }

  /** The selected candidates as a list, filled up to `limit`. */
  listOf(found: number, options: ListOptions, reason: ReasonOf): RankedCandidate[] {
    const ranked: RankedCandidate[] = []
    for (let k = 0; k < found; k++) {
      ranked.push(this.selectedAt(k, this.order[k]!, reason))
    }
    return ranked.length < options.limit ? this.fillWithArrivals(ranked, options) : ranked
  }

  /** The candidate that was selected at `k`. */
  selectedAt(k: number, score: number, reason: ReasonOf): RankedCandidate {
    const place = this.places[k]!
    const item = this.ranker.candidates[place]!
    const feature = this.ranker.reasons[place]!
    return { itemId: this.side.ids[item]!, score, reason: reason(item, feature), source: featureNames[feature]! }
  }

  /** Fills the list up to `limit` with the newest items, then any other eligible item. */
  fillWithArrivals(ranked: RankedCandidate[], options: ListOptions): RankedCandidate[] {
    const { side } = this
    const groups = new TakenGroups(side)
    for (const entry of ranked) {
      const item = side.find(entry.itemId)!
      this.eligibility.exclude(item)
      groups.take(item)
    }
    for (const item of side.arrivals.read()) {
      if (ranked.length >= options.limit) break
      if (!this.mayList(item, options, groups)) continue
      const source = side.metas[item] === undefined ? 'events' : 'new'
      ranked.push({ itemId: side.ids[item]!, score: 0, reason: newItem(side, item), source })
    }
    return ranked
  }

  /** Whether an item may be the next of a list that has items of these groups; if so, its group is taken. */
  mayList(item: number, options: ListOptions, groups: TakenGroups): boolean {
    if (!this.eligibility.isEligible(item) || !this.isAllowed(item, options)) return false
    return (options.allVariants ?? false) || groups.take(item)
  }

  /** Numbers of those items that may be listed. */
  eligibleOf(ids: readonly string[]): Set<number> {
    const items = new Set<number>()
    for (const id of ids) {
      const item = this.side.find(id)
      if (item !== undefined && this.eligibility.isEligible(item)) items.add(item)
    }
    return items
  }

  private isAllowed(item: number, options: ListOptions): boolean {
    return options.allow === undefined || options.allow(this.side.ids[item]!)
  }
}

const noNames: readonly string[] = []
