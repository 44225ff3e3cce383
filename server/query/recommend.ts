import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { IssuedId, RecommendationIds } from '../../schema/recommendation-id.ts'
import { picksRevision, type StoredPicks, unlistedMax } from '../../schema/records/picks.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import type { Compute } from '../compute/compute.ts'
import type { Trends } from '../compute/trends.ts'
import { canonicalArguments } from './canonical-arguments.ts'
import { ListBuilder, mergeByScore } from './list-builder.ts'
import type { PicksEntry } from './picks-cache.ts'
import type { CheckedWish } from './wishes.ts'

export interface UserWish extends CheckedWish {
  readonly includeSeen: boolean
}

export interface RecommendDeps {
  readonly catalogue: Catalogue
  readonly store: Store
  readonly trends: Trends
  readonly compute: Compute
  readonly clock: Clock
  readonly ids: RecommendationIds
}

/**
 * A stored list as one request wants it. Where fewer than `first` of its items are eligible, places are filled in this
 * order: what trends (day, then week), then the newest of the catalogue; never with what the user has seen.
 * Answers at once, without a promise, when the stored list suffices.
 */
export function recommend(
  userId: string,
  entry: PicksEntry,
  wish: UserWish,
  deps: RecommendDeps,
): Recommendations | Promise<Recommendations> {
  const { picks } = entry
  const builder = new ListBuilder(deps.catalogue, wish)
  if (picks === undefined) return recommendToStranger(userId, entry, wish, builder, deps)
  const withSeen = wish.includeSeen && picks.seen.length > 0
  const ranked = withSeen ? mergeByScore([...picks.fresh], [...picks.seen]) : picks.fresh
  builder.addRanked(ranked)
  if (builder.missing > 0) return fillUp(userId, picks, wish, builder, deps)
  return present(userId, picks, wish, builder, deps)
}

async function fillUp(
  userId: string,
  picks: StoredPicks,
  wish: UserWish,
  builder: ListBuilder,
  deps: RecommendDeps,
): Promise<Recommendations> {
  if (!wish.includeSeen) builder.leaveOut(await seenBy(userId, picks, deps.store))
  builder.fill(await deps.trends.board('DAY'))
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK'))
  return present(userId, picks, wish, builder.fillWithNewest(), deps)
}

/** Of many, a list keeps the newest only. */
async function seenBy(userId: string, { seen, unlisted }: StoredPicks, store: Store): Promise<Iterable<string>> {
  const kept = [...Array.from(seen, ({ itemId }) => itemId), ...(unlisted ?? [])]
  if (unlisted !== null && unlisted.length < unlistedMax) return kept
  const [bytes] = await store.get(tables.userStates, [{ partition: userId }])
  return bytes === undefined ? kept : [...kept, ...decodeUserState(bytes).profile.seen.ids]
}

async function recommendToStranger(
  userId: string,
  { erased }: PicksEntry,
  wish: UserWish,
  builder: ListBuilder,
  deps: RecommendDeps,
): Promise<Recommendations> {
  const ranked = await deps.trends.forStrangers()
  builder.addRanked(ranked)
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK')).fillWithNewest()
  return present(userId, strangersPicks(ranked, erased, deps), wish, builder, deps)
}

/** A stranger's revision is below all others; after an erasure it is the erasure's, so that it never falls. */
function strangersPicks(fresh: readonly RankedItem[], erased: PicksEntry['erased'], deps: RecommendDeps): StoredPicks {
  return {
    position: { partition: 0, offset: erased?.offset ?? -1 },
    changed: erased?.offset ?? -1,
    epoch: erased?.epoch ?? 0,
    computedAt: deps.clock.now(),
    rankedAt: 0,
    foreseeable: null,
    modelVersion: deps.compute.modelVersion,
    causedByEventId: null,
    personalized: false,
    variant: null,
    adopted: [],
    fresh,
    seen: [],
    unlisted: [],
  }
}

function present(
  userId: string,
  stored: StoredPicks,
  wish: UserWish,
  builder: ListBuilder,
  { ids }: RecommendDeps,
): Recommendations {
  const { computedAt, modelVersion, causedByEventId, personalized, variant } = stored
  const revision = picksRevision(stored)
  const picks = builder.toPicks()
  const idOf = () => {
    const itemIds = picks.map(({ item }) => item.id)
    const list = { userId, revision, variant, arguments: canonicalArguments(wish), itemIds }
    const issued = ids.issue(list, lastIssued.get(stored))
    lastIssued.set(stored, issued)
    return issued.id
  }
  const fields = { revision: formatRevision(revision), userId, computedAt, modelVersion, causedByEventId }
  return new Recommendations({ ...fields, personalized, variant, picks }, idOf)
}

/** Most readers of one stored list ask for it in the same way. */
const lastIssued = new WeakMap<StoredPicks, IssuedId>()
