import type { Recommender } from '../../engine/recommender.ts'
import type { UserSnapshot } from '../../engine/user/snapshot.ts'
import { erasureHeaders, erasureOf } from '../../schema/records/headers.ts'
import { encodeList, type UserList, unlistedMax } from '../../schema/records/list.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { packTouched } from '../../schema/records/touched.ts'
import type { UserVector } from '../../schema/records/user-vector.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

export interface RecommendContext {
  readonly recommender: Recommender
  readonly modelVersion: number
  /** The log's time, ms. */
  readonly logTime: number
  /** Length of the stored list. */
  readonly storedMax: number
}

/** Maximum seen items in the list, for requests that include them. */
const seenMax = 200

/** Ranks for one user at the log's current time, without the shop's rules. Emits a tombstone for an erased user. */
export function computeList(
  vector: UserVector | null,
  arrival: Arrival,
  context: RecommendContext,
): Outcome<undefined> {
  const { key, headers, now } = arrival
  if (vector === null) {
    const { position, epoch, backfilled } = erasureOf(headers)
    const erasure = erasureHeaders(position, epoch, backfilled)
    return { emits: [{ topic: topics.lists, key, value: null, headers: erasure }] }
  }
  const { snapshot, position, epoch, causedByEventId, heldOutItem, adopted } = vector
  const rankedAt = Math.max(snapshot.newestAt, context.logTime)
  const { unseen, seen } = context.recommender.recommendParts(snapshot, {
    now: rankedAt,
    limit: context.storedMax,
    seenMax,
  })
  const seenIds = new Set(snapshot.seen)
  const touched = packTouched(snapshot)
  const list: UserList = {
    position,
    epoch,
    computedAt: now,
    rankedAt,
    modelVersion: context.modelVersion,
    causedByEventId,
    heldOutItem,
    personalized: snapshot.items.length > 0,
    adopted,
    unseen,
    seen,
    unlisted: unlistedOf(snapshot, seenIds, seen),
    ...(vector.backfilled !== undefined && { backfilled: vector.backfilled }),
    ...(vector.ignored !== undefined && { ignored: vector.ignored }),
    ...(touched !== undefined && { touched }),
  }
  return { emits: [{ topic: topics.lists, key, value: () => encodeList(list) }] }
}

/** Newest first, as far as the snapshot contains their order. */
function unlistedOf(
  { items, rejected, seen }: UserSnapshot,
  seenIds: ReadonlySet<string>,
  listed: readonly RankedItem[],
): string[] {
  const unlisted = new Set(rejected.slice(0, unlistedMax / 2))
  const listedIds = new Set(listed.map(({ itemId }) => itemId))
  for (const ids of [items, seen]) {
    for (const id of ids) {
      if (unlisted.size >= unlistedMax) return [...unlisted]
      if (seenIds.has(id) && !listedIds.has(id)) unlisted.add(id)
    }
  }
  return [...unlisted]
}
