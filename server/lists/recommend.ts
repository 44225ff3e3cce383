import type { Clock } from '../../platform/ports/clock.ts'
import type { Store } from '../../platform/ports/store.ts'
import { type Pick, Recommendations } from '../../schema/graphql/recommendations.ts'
import { type PackedIgnored, unpackIgnored } from '../../schema/records/attention.ts'
import { listRevision, type StoredList, unlistedMax } from '../../schema/records/list.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { unpackTouched } from '../../schema/records/touched.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { canonicalArguments } from '../query/canonical-arguments.ts'
import type { RankingService } from '../ranking/ranking-service.ts'
import type { Trends } from '../ranking/trends.ts'
import type { AnsweredLists } from './answered-lists.ts'
import { ListBuilder, mergeByScore } from './list-builder.ts'
import type { ListEntry } from './list-cache.ts'
import type { ParsedListRequest } from './list-request.ts'
import { createListContext, type ListContext } from './pipeline/list-context.ts'
import type { RulesInForce } from './pipeline/rules-in-force.ts'
import { nothingTouched, SeenItems } from './pipeline/seen-policy.ts'

export interface UserListRequest extends ParsedListRequest {
  readonly includeSeen: boolean
}

/** The services that `contextFor` reads. */
export interface ContextDeps {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly rulesInForce: RulesInForce
}

export interface RecommendDeps extends ContextDeps {
  readonly store: Store
  readonly trends: Trends
  readonly ranking: RankingService
  readonly answered: AnsweredLists
  /** Of the revisions: platform/timeline.ts. */
  readonly timeline: number
}

/** The inputs of one answer. */
interface Answer {
  readonly userId: string
  readonly list: StoredList
  readonly request: UserListRequest
  readonly context: ListContext
  /**
   * The shop's `seen` rule; undefined where there is none: everything the user bought, rated or rejected is excluded.
   */
  readonly policy?: SeenItems | undefined
  readonly deps: RecommendDeps
}

/**
 * Answers one request from a stored list, arranged by the current rules. Where fewer than `first` of its items are
 * eligible, missing places are filled with trends (day, then week), then with the newest items of the catalog; never
 * with items that the user has seen. Returns synchronously where the stored list suffices.
 */
export function recommend(
  userId: string,
  entry: ListEntry,
  request: UserListRequest,
  deps: RecommendDeps,
): Recommendations | Promise<Recommendations> {
  const { list } = entry
  if (list === undefined) return recommendToUnknownUser(userId, entry, request, deps)
  const { rankedAt, position, ignored } = list
  const context = contextFor(userId, request, { rankedAt, seed: String(position.offset), ignored }, deps)
  const answer = { userId, list, request, context, deps, policy: policyOf(list, request, context) }
  const known = deps.answered.arranged.get(list, context, request)
  if (known) return toRecommendations(answer, known)
  const builder = new ListBuilder(context)
  if (answer.policy) builder.exclude(answer.policy.recent()).exclude(answer.policy.among(markedIn(list)))
  const pinsMayBeSeen = excludeSeenFromPins(builder, answer)
  const withSeen = (request.includeSeen || answer.policy) && list.seen.length > 0
  builder.addRanked(withSeen ? mergeByScore([...list.unseen], [...list.seen]) : list.unseen)
  if (builder.missing > 0 || pinsMayBeSeen) return fillRemaining(builder, answer)
  return toRecommendations(answer, deps.answered.arranged.keep(list, context, request, builder.toPicks()))
}

export interface RankingOfUser {
  readonly rankedAt: number
  readonly seed: string
  readonly ignored?: PackedIgnored | undefined
}

/** The context of a user's list at the placement of the request: rules, experiments, impression fatigue. */
export function contextFor(
  userId: string,
  request: ParsedListRequest,
  { rankedAt, seed, ignored }: RankingOfUser,
  { catalog, clock, rulesInForce }: ContextDeps,
): ListContext {
  const applied = rulesInForce.rulesFor(request.placement, userId)
  const shown = applied.rules.fatigue && ignored && unpackIgnored(ignored)
  return createListContext(catalog, request, { applied, now: clock.now(), rankedAt, seed, ignored: shown })
}

function policyOf(
  { touched }: StoredList,
  { includeSeen }: UserListRequest,
  { rules, now }: ListContext,
): SeenItems | undefined {
  if (!rules.seen || includeSeen) return undefined
  return new SeenItems(rules.seen, touched ? unpackTouched(touched) : nothingTouched, now)
}

/** Items that the user bought, rated or rejected, as far as the list records them. */
const markedIn = ({ seen, unlisted }: StoredList): string[] => [
  ...Array.from(seen, ({ itemId }) => itemId),
  ...(unlisted ?? []),
]

/**
 * Excludes items that the user has seen or rejected from the pins.
 * @returns whether the list does not record for some pinned item whether it was seen, so that the user's state must be
 * read
 */
function excludeSeenFromPins(builder: ListBuilder, { list, request, context, policy }: Answer): boolean {
  const pins = context.rules.pins ?? []
  if (pins.length === 0) return false
  const excluded = new Set(request.includeSeen ? list.unlisted : markedIn(list))
  if (!policy) builder.exclude(excluded)
  if (request.includeSeen || hasAllSeen(list)) return false
  const listed = new Set(Array.from(list.unseen, ({ itemId }) => itemId))
  return pins.some(({ item }) => !listed.has(item) && !excluded.has(item))
}

async function fillRemaining(builder: ListBuilder, answer: Answer): Promise<Recommendations> {
  const { userId, list, request, policy, deps } = answer
  if (!request.includeSeen) {
    const marked = await seenBy(userId, list, deps.store)
    builder.exclude(policy ? policy.among(marked) : marked)
  }
  if (builder.missing > 0) builder.fill(await deps.trends.board('DAY'))
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK'))
  // Not cached: trends change while the list does not.
  const picks = builder.fillWithNewest().toPicks()
  return toRecommendations(answer, picks)
}

const hasAllSeen = ({ unlisted }: StoredList): boolean => unlisted !== null && unlisted.length < unlistedMax

/**
 * All items that the user bought, rated or rejected; read from the user's state where the list records the newest only.
 */
async function seenBy(userId: string, list: StoredList, store: Store): Promise<Iterable<string>> {
  const kept = markedIn(list)
  if (hasAllSeen(list)) return kept
  const [bytes] = await store.get(tables.userStates, [{ partition: userId }])
  return bytes === undefined ? kept : [...kept, ...decodeUserState(bytes).profile.seen.ids]
}

async function recommendToUnknownUser(
  userId: string,
  { erased }: ListEntry,
  request: UserListRequest,
  deps: RecommendDeps,
): Promise<Recommendations> {
  const ranked = await deps.trends.forUnknownUsers()
  const context = contextFor(userId, request, { rankedAt: deps.clock.now(), seed: userId }, deps)
  const answer = { userId, list: unknownUserList(ranked, erased, deps), request, context, deps }
  const known = deps.answered.arranged.get(ranked, context, request)
  if (known) return toRecommendations(answer, known)
  const builder = new ListBuilder(context).addRanked(ranked)
  if (builder.missing > 0) builder.fill(await deps.trends.board('WEEK')).fillWithNewest()
  return toRecommendations(answer, deps.answered.arranged.keep(ranked, context, request, builder.toPicks()))
}

/** Its revision is below all others; after an erasure it is that of the erasure, so that revisions never decrease. */
function unknownUserList(unseen: readonly RankedItem[], erased: ListEntry['erased'], deps: RecommendDeps): StoredList {
  return {
    position: { partition: 0, offset: erased?.offset ?? -1 },
    epoch: erased?.epoch ?? 0,
    place: -1,
    computedAt: deps.clock.now(),
    rankedAt: 0,
    heldOutItem: null,
    modelVersion: deps.ranking.modelVersion,
    causedByEventId: null,
    personalized: false,
    adopted: [],
    unseen,
    seen: [],
    unlisted: [],
  }
}

function toRecommendations({ userId, list, request, context, deps }: Answer, picks: readonly Pick[]): Recommendations {
  const { computedAt, modelVersion, causedByEventId, personalized } = list
  const { placement } = request
  const { variant } = context.applied
  const revision = listRevision(list)
  const idOf = () => {
    const itemIds = picks.map(({ item }) => item.id)
    const identified = { userId, revision, variant, placement, arguments: canonicalArguments(request), itemIds }
    return deps.answered.idOf(list, identified)
  }
  const fields = {
    revision: formatRevision(revision, deps.timeline),
    userId,
    computedAt,
    modelVersion,
    causedByEventId,
  }
  return new Recommendations({ ...fields, personalized, variant, placement, picks }, idOf)
}
