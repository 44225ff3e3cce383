import type { SideRow } from './items/row.ts'
import { orderGiven, type RankedGiven } from './lists/given-items.ts'
import { SeenPlaces } from './lists/seen-places.ts'
import { boughtTogetherWeights, similarWeights } from './rank/blend.ts'
import { Eligibility } from './rank/eligibility.ts'
import { featureNames } from './rank/features.ts'
import { keepOneOfEachGroup, TakenGroups } from './rank/groups.ts'
import { contextOf, type Query, resolveQuery } from './rank/query.ts'
import { Ranker, type RankOptions } from './rank/ranker.ts'
import { newItem, type ReasonOf, reasonsFor } from './rank/reasons.ts'
import { TopK } from './rank/top-k.ts'
import { ItemSide } from './replica/item-side.ts'
import type { TrainedModel } from './train/model.ts'
import type { ItemMeta, RankedCandidate, Reason, TrendWindow } from './types.ts'
import type { UserSnapshot } from './user/snapshot.ts'

export interface RecommenderOptions {
  /** Maximum `limit` of any call. Default: 1,000. */
  limitMax?: number
  /** Distinct users, 1 or 2, that must have had two items after one another before the pair shows in any list. Default: 1. */
  pairUsersMin?: number
}

export interface ListOptions {
  limit: number
  /** Item ids that must not be listed. */
  exclude?: ReadonlySet<string>
  /** Called for candidates only, best first. Default: all are allowed. */
  allow?: (itemId: string) => boolean
  /** Time for which availability windows are read, ms. Default: `now`, or the time of the newest event. */
  availableAt?: number
  /** Trends only: all items of a group may be listed. Default: false, one of them. */
  allVariants?: boolean
}

export interface RecommendOptions extends ListOptions, Omit<RankOptions, 'given'> {
  /** Milliseconds since 1970, in the log's time. */
  now: number
  includeSeen?: boolean
}

/** An in-memory replica of the item side and the ranking over it. Not safe for reentrant calls: buffers are shared. */
export class Recommender {
  private readonly side: ItemSide
  private readonly ranker: Ranker
  private readonly eligibility: Eligibility
  private readonly best: TopK
  private readonly places: Int32Array
  private readonly order: Float64Array
  private readonly limitMax: number
  private model: TrainedModel | null = null

  constructor(options: RecommenderOptions = {}) {
    this.limitMax = options.limitMax ?? 1000
    this.side = new ItemSide(options.pairUsersMin)
    this.ranker = new Ranker(this.side)
    this.eligibility = new Eligibility(this.side)
    const { ids } = this.side
    const { candidates } = this.ranker
    this.best = new TopK(this.limitMax, (a, b) => ids[candidates[a]!]! < ids[candidates[b]!]!)
    this.places = new Int32Array(this.limitMax)
    this.order = new Float64Array(this.limitMax)
  }

  putItem(item: ItemMeta): void {
    this.side.putItem(item)
  }

  removeItem(id: string): void {
    this.side.removeItem(id)
  }

  putRow(row: SideRow): void {
    this.side.putRow(row)
  }

  dropRow(key: string): void {
    this.side.dropRow(key)
  }

  setModel(model: TrainedModel | null): void {
    this.model = model
    this.ranker.setModel(model)
    this.side.content.chooseAttributes(model?.contentAttributes ?? noNames)
  }

  recommend(user: UserSnapshot, options: RecommendOptions): RankedCandidate[] {
    const { ranker } = this
    const query = resolveQuery(user, options.now, this.side, this.model, options.includeSeen)
    this.excludeSeen(user, options)
    const count = ranker.rank(query, this.eligibility.isEligible, options)
    this.keepOneOfEachGroup(count, options, user.items)
    return this.selectTop(count, options, reasonsFor(user, this.ranker, this.side))
  }

  /**
   * Both parts of a list that is stored. `unseen`: what the user has not bought, rated or dismissed, ranked as
   * `recommend` does. `seen`: the others, ranked by the weights for repetitions; their scores place each behind as many
   * of the unseen items as those weights put before it, so that both parts merged by score are the list that may
   * repeat.
   *
   * @returns at most `limit` unseen and `seenMax` seen items, best first
   */
  recommendParts(user: UserSnapshot, options: Omit<RecommendOptions, 'includeSeen'> & { seenMax: number }): ListParts {
    const { ranker } = this
    const query = resolveQuery(user, options.now, this.side, this.model)
    this.startExclusion(options, user.rejected)
    const count = ranker.rank(query, this.eligibility.isEligible)
    const seenItems = this.eligibleOf(user.seen)
    for (const item of seenItems) this.eligibility.exclude(item)
    const reason = reasonsFor(user, this.ranker, this.side)
    this.keepOneOfEachGroup(count, options, user.items)
    const found = this.selectPlaces(count, options)
    const places = this.places.slice(0, found)
    const unseen = this.listOf(found, options, reason)
    if (seenItems.size === 0) return { unseen, seen: [] }
    ranker.score({ ...query, mayRepeat: true }, count)
    const scores = unseen.map(({ score }) => score)
    return {
      unseen,
      seen: this.placeSeen(count, { places, scores }, { items: seenItems, max: options.seenMax }, reason),
    }
  }

  /**
   * Orders given items for one user, seen ones between the others as `recommendParts` places them: scored by the same
   * blend, beside the candidates of the user's own list, since features such as the affinity to a category are relative to
   * the best candidate.
   *
   * @param itemIds at most 1,000; repeated ids count once. Left out: items that the replica does not know, that are not
   * available, or that the user rejected.
   */
  rankGiven(
    user: UserSnapshot,
    itemIds: readonly string[],
    options: { readonly now: number; readonly availableAt?: number },
  ): RankedGiven {
    const { ranker, side } = this
    const query = resolveQuery(user, options.now, side, this.model)
    this.startExclusion(options, user.rejected)
    const placeOf = this.eligiblePlaces(itemIds)
    const count = ranker.rank(query, this.eligibility.isEligible, { given: [...placeOf.keys()] })
    const seen = new Set<number>()
    for (const item of this.eligibleOf(user.seen)) if (placeOf.has(item)) seen.add(item)
    const given = { ranker, count, side, placeOf, seen, reasonOf: reasonsFor(user, ranker, side) }
    return orderGiven(given, () => ranker.score({ ...query, mayRepeat: true }, count))
  }

  /** Returns the candidates of a query with their features, in no order, for training. Valid until the next call. */
  candidates(user: UserSnapshot, options: Omit<RecommendOptions, 'limit'>): Candidates {
    const query = resolveQuery(user, options.now, this.side, this.model, options.includeSeen)
    this.excludeSeen(user, options)
    const count = this.ranker.rank(query, this.eligibility.isEligible)
    const { candidates: items, features, scores } = this.ranker
    return {
      count,
      items,
      features,
      scores,
      ...contextOf(query),
      find: (id) => this.side.find(id),
    }
  }

  similar(itemId: string, options: ListOptions): RankedCandidate[] {
    return this.rankRelated([itemId], options, similarWeights)
  }

  together(itemIds: string[], options: ListOptions): RankedCandidate[] {
    return this.rankRelated(itemIds, options, boughtTogetherWeights)
  }

  trending(window: TrendWindow, options: ListOptions): RankedCandidate[] {
    this.startExclusion(options, [])
    const ranked: RankedCandidate[] = []
    const groups = new TakenGroups(this.side)
    const board = this.side.trends.board(trendWindows.indexOf(window))
    for (const item of board) {
      if (ranked.length >= options.limit) break
      if (!this.eligibility.isEligible(item) || !this.isAllowed(item, options) || !this.isFirst(item, groups, options))
        continue
      ranked.push({
        itemId: this.side.ids[item]!,
        score: 1 / (1 + ranked.length),
        reason: { kind: 'popular', window },
        source: 'trend',
      })
    }
    return this.fillWithArrivals(ranked, options)
  }

  private rankRelated(itemIds: readonly string[], options: ListOptions, weights: Float32Array): RankedCandidate[] {
    const { side } = this
    const recents = itemIds.map((id) => side.find(id) ?? -1)
    const query: Query = {
      now: side.stats.newestAt,
      mayRepeat: false,
      recents,
      strengths: recents.map(() => 1),
      habits: [],
      inSession: recents.length,
      isBrowsing: false,
      vector: null,
    }
    this.startExclusion(options, itemIds)
    const count = this.ranker.rank(query, this.eligibility.isEligible, { adjustWeights: () => weights })
    this.keepOneOfEachGroup(count, options, itemIds)
    const because = itemIds.map((itemId): Reason => ({ kind: 'because', itemId, eventType: 'VIEW' }))
    return this.selectTop(count, options, (item) => because[Math.max(0, this.ranker.sums.becauseOf(item))]!)
  }

  private selectTop(count: number, options: ListOptions, reason: ReasonOf): RankedCandidate[] {
    return this.listOf(this.selectPlaces(count, options), options, reason)
  }

  /** Fills `places` and `order` with the best candidates, best first; returns how many. */
  private selectPlaces(count: number, options: ListOptions): number {
    const { isEligible } = this.eligibility
    const limit = Math.min(options.limit, this.limitMax)
    return this.select(count, limit, (item) => isEligible(item) && this.isAllowed(item, options))
  }

  /** The same of the candidates that are wanted, at most `limit`. */
  private select(count: number, limit: number, isWanted: (item: number) => boolean): number {
    const { best } = this
    const { candidates, scores } = this.ranker
    best.begin(limit)
    for (let c = 0; c < count; c++) {
      if (scores[c]! >= best.threshold && isWanted(candidates[c]!)) best.offer(c, scores[c]!)
    }
    return best.drain(this.places, this.order)
  }

  /** The selected candidates as a list, filled up to `limit`. */
  private listOf(found: number, options: ListOptions, reason: ReasonOf): RankedCandidate[] {
    const ranked: RankedCandidate[] = []
    for (let k = 0; k < found; k++) {
      ranked.push(this.selectedAt(k, this.order[k]!, reason))
    }
    return ranked.length < options.limit ? this.fillWithArrivals(ranked, options) : ranked
  }

  /** The candidate that was selected at `k`. */
  private selectedAt(k: number, score: number, reason: ReasonOf): RankedCandidate {
    const place = this.places[k]!
    const item = this.ranker.candidates[place]!
    const feature = this.ranker.reasons[place]!
    return { itemId: this.side.ids[item]!, score, reason: reason(item, feature), source: featureNames[feature]! }
  }

  /**
   * The seen candidates by the scores that may repeat, then the other seen items; scored to fall between the unseen
   * ones.
   */
  private placeSeen(
    count: number,
    unseen: SelectedCandidates,
    { items: seenItems, max }: { readonly items: ReadonlySet<number>; readonly max: number },
    reason: ReasonOf,
  ): RankedCandidate[] {
    const { side } = this
    const { candidates, scores } = this.ranker
    const found = this.select(count, Math.min(max, this.limitMax), (item) => seenItems.has(item))
    const between = new SeenPlaces(
      unseen.scores,
      Float64Array.from(unseen.places, (place) => scores[place]!),
    )
    const seen: RankedCandidate[] = []
    const listed = new Set<number>()
    for (let k = 0; k < found; k++) {
      listed.add(candidates[this.places[k]!]!)
      seen.push(this.selectedAt(k, between.scoreOf(this.order[k]!), reason))
    }
    for (const item of seenItems) {
      if (seen.length >= max) break
      if (listed.has(item)) continue
      seen.push({ itemId: side.ids[item]!, score: 0, reason: newItem(side, item), source: 'new' })
    }
    return seen
  }

  /** By item the first place that it has in `ids`. */
  private eligiblePlaces(ids: readonly string[]): Map<number, number> {
    const places = new Map<number, number>()
    ids.forEach((id, place) => {
      const item = this.side.find(id)
      if (item !== undefined && !places.has(item) && this.eligibility.isEligible(item)) places.set(item, place)
    })
    return places
  }

  private eligibleOf(ids: readonly string[]): Set<number> {
    const items = new Set<number>()
    for (const id of ids) {
      const item = this.side.find(id)
      if (item !== undefined && this.eligibility.isEligible(item)) items.add(item)
    }
    return items
  }

  /** Fills the list up to `limit` with the newest items, then any other eligible item. */
  private fillWithArrivals(ranked: RankedCandidate[], options: ListOptions): RankedCandidate[] {
    const { side } = this
    const groups = new TakenGroups(side)
    for (const entry of ranked) {
      const item = side.find(entry.itemId)!
      this.eligibility.exclude(item)
      groups.take(item)
    }
    for (const item of side.arrivals.read()) {
      if (ranked.length >= options.limit) break
      if (!this.eligibility.isEligible(item) || !this.isAllowed(item, options) || !this.isFirst(item, groups, options))
        continue
      const source = side.metas[item] === undefined ? 'events' : 'new'
      ranked.push({ itemId: side.ids[item]!, score: 0, reason: newItem(side, item), source })
    }
    return ranked
  }

  /** Before the selection: what is left out by it is excluded from the list. */
  private keepOneOfEachGroup(count: number, options: ListOptions, touched: readonly string[]): void {
    keepOneOfEachGroup(this.ranker, count, {
      side: this.side,
      touched,
      mayList: (item) => this.eligibility.isEligible(item) && this.isAllowed(item, options),
      drop: (item) => this.eligibility.exclude(item),
    })
  }

  private excludeSeen(user: UserSnapshot, options: Omit<RecommendOptions, 'limit'>): void {
    this.startExclusion(options, user.rejected)
    if (!options.includeSeen) this.eligibility.excludeIds(user.seen)
  }

  private startExclusion(
    options: Pick<ListOptions, 'exclude' | 'availableAt'> & { readonly now?: number },
    ids: Iterable<string>,
  ): void {
    const { eligibility } = this
    eligibility.begin(options.availableAt ?? options.now ?? this.side.stats.newestAt)
    eligibility.excludeIds(ids)
    if (options.exclude) eligibility.excludeIds(options.exclude)
  }

  private isFirst(item: number, groups: TakenGroups, { allVariants = false }: ListOptions): boolean {
    return allVariants || groups.take(item)
  }

  private isAllowed(item: number, options: ListOptions): boolean {
    return options.allow === undefined || options.allow(this.side.ids[item]!)
  }
}

/** What was selected of the candidates of a query, best first. */
interface SelectedCandidates {
  /** Places among the candidates. */
  readonly places: Int32Array
  /** May be longer: what fills the list behind them. */
  readonly scores: ArrayLike<number>
}

/** See recommendParts. */
export interface ListParts {
  readonly unseen: RankedCandidate[]
  readonly seen: RankedCandidate[]
}

export interface Candidates {
  count: number
  items: Int32Array
  /** featureCount values per candidate. */
  features: Float32Array
  scores: Float64Array
  isInSession: boolean
  isBrowsing: boolean
  recents: number
  find(itemId: string): number | undefined
}

const noNames: readonly string[] = []
const trendWindows: readonly TrendWindow[] = ['HOUR', 'DAY', 'WEEK']
