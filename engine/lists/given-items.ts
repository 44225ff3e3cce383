import { orderByScore } from '../math/order-by-score.ts'
import { featureCount, featureNames } from '../rank/features.ts'
import { resolveQuery } from '../rank/query.ts'
import type { Ranker } from '../rank/ranker.ts'
import { newItem, type ReasonOf, reasonsFor } from '../rank/reasons.ts'
import type { ItemSide } from '../replica/item-side.ts'
import type { Reason } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import type { ListMaker } from './list-maker.ts'
import { SeenPlaces } from './seen-places.ts'

/** Given items, best first, in columns: to create a thousand objects takes longer than to rank the items. */
export interface RankedGiven {
  /** The first place that each has among the given ids, from 0. */
  readonly places: Uint16Array
  readonly scores: Float64Array
  readonly reasons: readonly Reason[]
}

interface GivenItems {
  /** Has scored its candidates, the given items among them. */
  readonly ranker: Ranker
  /** Number of candidates. */
  readonly count: number
  readonly side: ItemSide
  /** Item number to its first place among the given ids. */
  readonly placeOf: ReadonlyMap<number, number>
  /** Given items that the user has seen. */
  readonly seen: ReadonlySet<number>
  readonly reasonOf: ReasonOf
}

/**
 * Orders given items for one user. They are scored together with the candidates of the user's list and by the same
 * blend, since features such as the affinity to a category are relative to the best candidate. Seen items are placed
 * between the others as by `recommendParts`.
 *
 * @param itemIds at most 1,000; repeated ids count once. The result omits items that the replica does not know, that
 *   are not available, or that the user rejected.
 */
export function rankGiven(
  maker: ListMaker,
  user: UserSnapshot,
  itemIds: readonly string[],
  options: { readonly now: number; readonly availableAt?: number },
): RankedGiven {
  const { ranker, side } = maker
  const query = resolveQuery(user, options.now, side, maker.modelVersion)
  maker.begin(options, user.rejected)
  const placeOf = eligiblePlaces(maker, itemIds)
  const count = ranker.rank(query, maker.eligibility.isEligible, { given: [...placeOf.keys()] })
  const seen = new Set<number>()
  for (const item of maker.eligibleOf(user.seen)) if (placeOf.has(item)) seen.add(item)
  const given = { ranker, count, side, placeOf, seen, reasonOf: reasonsFor(user, ranker, side) }
  return orderGiven(given, maker.ranksBefore, () => ranker.score({ ...query, mayRepeat: true }, count))
}

/** Numbers of the eligible items of `ids`, each with its first place in `ids`. */
function eligiblePlaces({ side, eligibility }: ListMaker, ids: readonly string[]): Map<number, number> {
  const places = new Map<number, number>()
  for (let place = 0; place < ids.length; place++) {
    const item = side.find(ids[place]!)
    if (item !== undefined && !places.has(item) && eligibility.isEligible(item)) places.set(item, place)
  }
  return places
}

/**
 * Orders the given items by the scores of the ranker, seen ones between the others (SeenPlaces).
 * @param scoreRepeats makes the ranker score the same candidates by the weights for repetitions
 */
function orderGiven(given: GivenItems, ranksBefore: ListMaker['ranksBefore'], scoreRepeats: () => void): RankedGiven {
  const { scores } = given.ranker
  const isNew = candidatesWithoutSource(given)
  const { unseen, seen } = splitCandidates(given)

  orderByScore(unseen, scores, ranksBefore)
  const unseenScores = valuesAt(unseen, scores)
  const listed = { places: placesOf(unseen, given), scores: unseenScores, reasons: reasonsOf(unseen, isNew, given) }
  if (seen.length === 0) return listed

  scoreRepeats()
  orderByScore(seen, scores, ranksBefore)
  const between = new SeenPlaces(unseenScores, valuesAt(unseen, scores))
  const seenScores = valuesAt(seen, scores).map((score) => between.scoreOf(score))
  return merge(listed, {
    places: placesOf(seen, given),
    scores: seenScores,
    reasons: reasonsOf(seen, isNew, given),
  })
}

/** By candidate, 1 for one that no source scores: a given item need not be a candidate otherwise. */
function candidatesWithoutSource({ ranker: { features, reasons }, count }: GivenItems): Uint8Array {
  const isNew = new Uint8Array(count)
  for (let c = 0; c < count; c++) {
    const feature = reasons[c]!
    if (feature === newFeature || features[c * featureCount + feature] === 0) isNew[c] = 1
  }
  return isNew
}

const newFeature = featureNames.indexOf('new')

/** The places of the given items among the candidates. */
function splitCandidates({ ranker: { candidates }, count, placeOf, seen }: GivenItems) {
  const unseenPlaces = new Int32Array(placeOf.size)
  const seenPlaces = new Int32Array(seen.size)
  let unseenCount = 0
  let seenCount = 0
  for (let c = 0; c < count; c++) {
    const item = candidates[c]!
    if (!placeOf.has(item)) continue
    if (seen.has(item)) seenPlaces[seenCount++] = c
    else unseenPlaces[unseenCount++] = c
  }
  return { unseen: unseenPlaces.subarray(0, unseenCount), seen: seenPlaces.subarray(0, seenCount) }
}

function valuesAt(places: Int32Array, values: Float64Array): Float64Array {
  const found = new Float64Array(places.length)
  for (let k = 0; k < places.length; k++) found[k] = values[places[k]!]!
  return found
}

function placesOf(order: Int32Array, { ranker: { candidates }, placeOf }: GivenItems): Uint16Array {
  const places = new Uint16Array(order.length)
  for (let k = 0; k < order.length; k++) places[k] = placeOf.get(candidates[order[k]!]!)!
  return places
}

function reasonsOf(order: Int32Array, isNew: Uint8Array, { ranker, side, reasonOf }: GivenItems): Reason[] {
  const { candidates, reasons: features } = ranker
  const reasons: Reason[] = []
  for (let k = 0; k < order.length; k++) {
    const c = order[k]!
    const item = candidates[c]!
    reasons.push(isNew[c] === 1 ? newItem(side, item) : reasonOf(item, features[c]!))
  }
  return reasons
}

/** Merges two rankings; of equal scores the first one's come first. */
function merge(a: RankedGiven, b: RankedGiven): RankedGiven {
  const count = a.places.length + b.places.length
  const places = new Uint16Array(count)
  const scores = new Float64Array(count)
  const reasons: Reason[] = []
  for (let k = 0, ofA = 0, ofB = 0; k < count; k++) {
    const takesB = ofA === a.places.length || (ofB < b.places.length && b.scores[ofB]! > a.scores[ofA]!)
    const from = takesB ? b : a
    const at = takesB ? ofB++ : ofA++
    places[k] = from.places[at]!
    scores[k] = from.scores[at]!
    reasons.push(from.reasons[at]!)
  }
  return { places, scores, reasons }
}
