import { boughtTogetherWeights, similarWeights } from '../rank/blend.ts'
import type { Query } from '../rank/query.ts'
import type { RankedCandidate, Reason } from '../types.ts'
import type { ListMaker } from './list-maker.ts'
import type { ListOptions } from './options.ts'

/** Items similar to one. */
export const similar = (maker: ListMaker, itemId: string, options: ListOptions): RankedCandidate[] =>
  rankRelated(maker, [itemId], options, similarWeights)

/** Items bought together with the given ones. @param itemIds the newest first: it counts most */
export const together = (maker: ListMaker, itemIds: readonly string[], options: ListOptions): RankedCandidate[] =>
  rankRelated(maker, itemIds, options, boughtTogetherWeights)

function rankRelated(
  maker: ListMaker,
  itemIds: readonly string[],
  options: ListOptions,
  weights: Float32Array,
): RankedCandidate[] {
  const { side, ranker } = maker
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
  maker.begin(options, itemIds)
  const count = ranker.rank(query, maker.eligibility.isEligible, { adjustWeights: () => weights })
  maker.keepOneOfEachGroup(count, options, itemIds)
  const because = itemIds.map((itemId): Reason => ({ kind: 'because', itemId, eventType: 'VIEW' }))
  return maker.selectTop(count, options, (item) => because[Math.max(0, ranker.sums.becauseOf(item))]!)
}
