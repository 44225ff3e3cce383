import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { IssuedId, RecommendationIds } from '../../schema/recommendation-id.ts'
import { listRevision, type StoredList, unlistedMax } from '../../schema/records/list.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { canonicalArguments } from '../query/canonical-arguments.ts'
import type { RankingService } from '../ranking/ranking-service.ts'
import type { Trends } from '../ranking/trends.ts'
import { ListBuilder, mergeByScore } from './list-builder.ts'
import type { ListEntry } from './list-cache.ts'
import type { ParsedListRequest } from './list-request.ts'

export interface UserListRequest extends ParsedListRequest {
  readonly includeSeen: boolean
}

export interface RecommendDeps {
  readonly catalog: Catalog
  readonly store: Store
  readonly trends: Trends
  readonly ranking: RankingService
  readonly clock: Clock
  readonly ids: RecommendationIds
}

/**
 * A stored list as one request wants it. Where fewer than `first` of its items are eligible, places are filled in this
 * order: what trends (day, then week), then the newest of the catalog; never with what the user has seen.
 * Answers at once, without a promise, when the stored list suffices.
 */
export function recommend(
  userId: string,
  entry: ListEntry,
  request: UserListRequest,
  deps: RecommendDeps,
): Recommendations | Promise<Recommendations> {
  const { list } = entry
  const builder = new ListBuilder(deps.catalog, request)
  if (list === undefined) return recommendToUnknownUser(userId, entry, request, builder, deps)
  const withSeen = request.includeSeen && list.seen.length > 0
  const ranked = withSeen ? mergeByScore([...list.unseen], [...list.seen]) : list.unseen
  builder.addRanked(ranked)
  if (builder.missing > 0) return fillRemaining(userId, list, request, builder, deps)
  return present(userId, list, request, builder, deps)
}

async function fillRemaining(
  userId: string,
  list: StoredList,
  request: UserListRequest,
  builder: ListBuilder,
  deps: RecommendDeps,
): Promise<Recommendations> {
  if (!request.includeSeen) builder.exclude(await seenBy(userId, list, deps.store))
  builder.fill(await deps.trends.board('DAY'))
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK'))
  return present(userId, list, request, builder.fillWithNewest(), deps)
}

/** Of many, a list keeps the newest only. */
async function seenBy(userId: string, { seen, unlisted }: StoredList, store: Store): Promise<Iterable<string>> {
  const kept = [...Array.from(seen, ({ itemId }) => itemId), ...(unlisted ?? [])]
  if (unlisted !== null && unlisted.length < unlistedMax) return kept
  const [bytes] = await store.get(tables.userStates, [{ partition: userId }])
  return bytes === undefined ? kept : [...kept, ...decodeUserState(bytes).profile.seen.ids]
}

async function recommendToUnknownUser(
  userId: string,
  { erased }: ListEntry,
  request: UserListRequest,
  builder: ListBuilder,
  deps: RecommendDeps,
): Promise<Recommendations> {
  const ranked = await deps.trends.forUnknownUsers()
  builder.addRanked(ranked)
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK')).fillWithNewest()
  return present(userId, unknownUserList(ranked, erased, deps), request, builder, deps)
}

/** A stranger's revision is below all others; after an erasure it is the erasure's, so that it never falls. */
function unknownUserList(unseen: readonly RankedItem[], erased: ListEntry['erased'], deps: RecommendDeps): StoredList {
  return {
    position: { partition: 0, offset: erased?.offset ?? -1 },
    changed: erased?.offset ?? -1,
    epoch: erased?.epoch ?? 0,
    computedAt: deps.clock.now(),
    rankedAt: 0,
    heldOutItem: null,
    modelVersion: deps.ranking.modelVersion,
    causedByEventId: null,
    personalized: false,
    variant: null,
    adopted: [],
    unseen,
    seen: [],
    unlisted: [],
  }
}

function present(
  userId: string,
  stored: StoredList,
  request: UserListRequest,
  builder: ListBuilder,
  { ids }: RecommendDeps,
): Recommendations {
  const { computedAt, modelVersion, causedByEventId, personalized, variant } = stored
  const revision = listRevision(stored)
  const picks = builder.toPicks()
  const idOf = () => {
    const itemIds = picks.map(({ item }) => item.id)
    const list = { userId, revision, variant, arguments: canonicalArguments(request), itemIds }
    const issued = ids.issue(list, lastIssued.get(stored))
    lastIssued.set(stored, issued)
    return issued.id
  }
  const fields = { revision: formatRevision(revision), userId, computedAt, modelVersion, causedByEventId }
  return new Recommendations({ ...fields, personalized, variant, picks }, idOf)
}

/** Most readers of one stored list ask for it in the same way. */
const lastIssued = new WeakMap<StoredList, IssuedId>()
