import { contextOf, resolveQuery } from '../rank/query.ts'
import { newItem, type ReasonOf, reasonsFor } from '../rank/reasons.ts'
import type { RankedCandidate } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import type { ListMaker } from './list-maker.ts'
import type { RecommendOptions } from './options.ts'
import { SeenPlaces } from './seen-places.ts'

/** Items for one user, best first. */
export function recommend(maker: ListMaker, user: UserSnapshot, options: RecommendOptions): RankedCandidate[] {
  const { ranker, side } = maker
  const query = resolveQuery(user, options.now, side, maker.modelVersion, options.includeSeen)
  beginFor(maker, user, options)
  const count = ranker.rank(query, maker.eligibility.isEligible, options)
  maker.keepOneOfEachGroup(count, options, user.items)
  return maker.selectTop(count, options, reasonsFor(user, ranker, side))
}

/** See recommendParts. */
export interface ListParts {
  readonly unseen: RankedCandidate[]
  readonly seen: RankedCandidate[]
}

export type PartsOptions = Omit<RecommendOptions, 'includeSeen'> & { seenMax: number }

/**
 * Both parts of a list that is stored. `unseen`: items that the user has not bought, rated or rejected, ranked as
 * `recommend` does. `seen`: those that the user has bought or rated, ranked by the weights for repetitions. The score
 * of each places it behind as many of the unseen items as those weights rank before it, so that both parts merged by
 * score are the list that may repeat items.
 *
 * @returns at most `limit` unseen and `seenMax` seen items, best first
 */
export function recommendParts(maker: ListMaker, user: UserSnapshot, options: PartsOptions): ListParts {
  const { ranker, side, eligibility } = maker
  const query = resolveQuery(user, options.now, side, maker.modelVersion)
  maker.begin(options, user.rejected)
  const count = ranker.rank(query, eligibility.isEligible)
  const seenItems = maker.eligibleOf(user.seen)
  for (const item of seenItems) eligibility.exclude(item)
  const reason = reasonsFor(user, ranker, side)
  maker.keepOneOfEachGroup(count, options, user.items)
  const found = maker.selectPlaces(count, options)
  const places = maker.places.slice(0, found)
  const unseen = maker.listOf(found, options, reason)
  if (seenItems.size === 0) return { unseen, seen: [] }
  ranker.score({ ...query, mayRepeat: true }, count)
  const between = new SeenPlaces(
    unseen.map(({ score }) => score),
    Float64Array.from(places, (place) => ranker.scores[place]!),
  )
  return { unseen, seen: placeSeen(maker, count, { items: seenItems, max: options.seenMax, between }, reason) }
}

interface SeenItems {
  readonly items: ReadonlySet<number>
  readonly max: number
  readonly between: SeenPlaces
}

/** The seen candidates by the scores that may repeat, between the unseen ones; then the other seen items. */
function placeSeen(
  maker: ListMaker,
  count: number,
  { items, max, between }: SeenItems,
  reason: ReasonOf,
): RankedCandidate[] {
  const { side, ranker } = maker
  const found = maker.select(count, Math.min(max, maker.limitMax), (item) => items.has(item))
  const seen: RankedCandidate[] = []
  const listed = new Set<number>()
  for (let k = 0; k < found; k++) {
    listed.add(ranker.candidates[maker.places[k]!]!)
    seen.push(maker.selectedAt(k, between.scoreOf(maker.order[k]!), reason))
  }
  for (const item of items) {
    if (seen.length >= max) break
    if (listed.has(item)) continue
    seen.push({ itemId: side.ids[item]!, score: 0, reason: newItem(side, item), source: 'new' })
  }
  return seen
}

/** Candidates of one query in columns; `count` of them are valid. Context as in QueryContext. */
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

/** Returns the candidates of a query with their features, in no order, for training. Valid until the next call. */
export function candidates(maker: ListMaker, user: UserSnapshot, options: Omit<RecommendOptions, 'limit'>): Candidates {
  const { ranker, side } = maker
  const query = resolveQuery(user, options.now, side, maker.modelVersion, options.includeSeen)
  beginFor(maker, user, options)
  const count = ranker.rank(query, maker.eligibility.isEligible)
  const { candidates: items, features, scores } = ranker
  return { count, items, features, scores, ...contextOf(query), find: (id) => side.find(id) }
}

function beginFor(maker: ListMaker, user: UserSnapshot, options: Omit<RecommendOptions, 'limit'>): void {
  maker.begin(options, user.rejected)
  if (!options.includeSeen) maker.eligibility.excludeIds(user.seen)
}
