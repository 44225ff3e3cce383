import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import { picksRevision, recommendationIdOf, type StoredPicks, unlistedMax } from '../../schema/records/picks.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import type { Compute } from '../compute/compute.ts'
import type { Trends } from '../compute/trends.ts'
import { ListBuilder, mergeByScore, type Wish } from './list-builder.ts'
import type { PicksEntry } from './picks-cache.ts'

export interface UserWish extends Wish {
  readonly includeSeen: boolean
}

export interface RecommendDeps {
  readonly catalogue: Catalogue
  readonly store: Store
  readonly trends: Trends
  readonly compute: Compute
  readonly clock: Clock
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
  if (picks === undefined) return recommendToStranger(userId, entry, builder, deps)
  const withSeen = wish.includeSeen && picks.seen.length > 0
  const ranked = withSeen ? mergeByScore([...picks.fresh], [...picks.seen]) : picks.fresh
  builder.addRanked(ranked)
  if (builder.missing > 0) return fillUp(userId, picks, wish, builder, deps)
  return present(userId, picks, builder)
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
  return present(userId, picks, builder.fillWithNewest())
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
  builder: ListBuilder,
  deps: RecommendDeps,
): Promise<Recommendations> {
  const ranked = await deps.trends.forStrangers()
  builder.addRanked(ranked)
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK')).fillWithNewest()
  return present(userId, strangersPicks(ranked, erased, deps), builder)
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

function present(userId: string, picks: StoredPicks, builder: ListBuilder): Recommendations {
  const { computedAt, modelVersion, causedByEventId, personalized, variant } = picks
  return new Recommendations({
    ...namesOf(userId, picks),
    userId,
    computedAt,
    modelVersion,
    causedByEventId,
    personalized,
    variant,
    picks: builder.toPicks(),
  })
}

/** Made once for each list: it takes a hash. */
const names = new WeakMap<StoredPicks, { id: string; revision: string }>()

function namesOf(userId: string, picks: StoredPicks): { id: string; revision: string } {
  let known = names.get(picks)
  if (!known) {
    known = { id: recommendationIdOf(userId, picks), revision: formatRevision(picksRevision(picks)) }
    names.set(picks, known)
  }
  return known
}
