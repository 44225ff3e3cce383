import type { Store } from '../../../platform/ports/store.ts'
import { Home, HomeRow } from '../../../schema/graphql/home.ts'
import type { Item } from '../../../schema/graphql/item.ts'
import { BecauseOfItem, MatchesTaste } from '../../../schema/graphql/recommendations.ts'
import type { RecommendationIds } from '../../../schema/recommendation-id.ts'
import type { StoredList } from '../../../schema/records/list.ts'
import type { PickReason } from '../../../schema/records/ranked-list.ts'
import { unpackTouched } from '../../../schema/records/touched.ts'
import { decodeUserState, type StoredUserState } from '../../../schema/records/user-state.ts'
import type { RuleSet } from '../../../schema/rules.ts'
import { tables } from '../../../schema/tables.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Trends } from '../../ranking/trends.ts'
import { mergeByScore } from '../list-builder.ts'
import type { ListEntry } from '../list-cache.ts'
import type { ListContext } from '../pipeline/list-context.ts'
import { variantInstead } from '../pipeline/one-of-group.ts'
import { arrange } from '../pipeline/pipeline.ts'
import { present } from '../pipeline/present.ts'
import { nothingTouched, SeenItems } from '../pipeline/seen-policy.ts'
import { type ContextDeps, contextFor } from '../recommend.ts'
import { chooseRows } from './choose-rows.ts'
import { type HomeRequest, rowItemsMin } from './home-request.ts'
import { fallbackRow, type HomeCandidate, type HomeSources, rowCandidates } from './row-candidates.ts'
import type { HomeItem } from './row-items.ts'
import { activityOf, noActivity } from './user-activity.ts'

export interface HomeDeps extends ContextDeps {
  readonly store: Pick<Store, 'get'>
  readonly trends: Trends
  readonly ids: RecommendationIds
}

export interface BuiltHome {
  readonly home: Home
  /** The state that was read is older than the list: what was begun or bought last may be missing. */
  readonly isStateBehind: boolean
}

/** From which portion on an item counts as finished, where the rules do not say. */
const finishedPortionDefault = 0.95

/**
 * A start page of what is stored: the user's list and state, what trends, and the catalog. One read of the store; the rest
 * takes time linear in the bounds of these.
 */
export async function buildHome(
  userId: string,
  { list }: ListEntry,
  request: HomeRequest,
  deps: HomeDeps,
): Promise<BuiltHome> {
  const { catalog, clock, ids, store, trends } = deps
  const [trending, fallback, states] = await Promise.all([
    trends.board('DAY'),
    list ? [] : trends.forUnknownUsers(),
    list ? store.get(tables.userStates, [{ partition: userId }]) : [],
  ])
  const state = states[0] && decodeUserState(states[0])
  const rankedAt = list?.rankedAt ?? clock.now()
  const ranking = { rankedAt, seed: String(list?.position.offset ?? userId), ignored: list?.ignored }
  const context = contextFor(userId, request, ranking, deps)
  const { rows: rowsMax, first } = request
  const known = sourcesOf(list, state, context)
  const sources = {
    ...known,
    ...(list === undefined && { ranked: fallback }),
    trending,
    further: [],
    newest: catalog.newestFirst(),
    now: rankedAt,
    ...rulesOf(context, known.activity.seen),
    itemsMin: rowItemsMin,
    itemsMax: rowsMax * first,
  }
  const limits = { rows: rowsMax, first, itemsMin: rowItemsMin }
  const filled = mayFallShort(sources) ? { ...sources, further: await trends.board('WEEK') } : sources
  const found = chooseRows(rowCandidates(filled), limits)
  const page = found.length > 0 ? found : chooseRows([fallbackRow(filled)], limits)
  const { placement } = request
  const { variant } = context.applied
  // Without a revision: as long as what an id names is the same, so is the id.
  const issue = (name: string, itemIds: readonly string[]) =>
    ids.issue({ userId, revision: 0n, variant, placement, arguments: name, itemIds }).id
  const rows = page.map((row) => toRow(row, catalog, issue))
  const rowIds = Array.from(rows, ({ id }) => id)
  return { home: new Home({ id: issue('home', rowIds), rows }), isStateBehind: isBehind(state, list) }
}

function sourcesOf(
  list: StoredList | undefined,
  state: StoredUserState | undefined,
  { rules, now }: ListContext,
): Pick<HomeSources, 'ranked' | 'seen' | 'personalized' | 'activity'> {
  if (list === undefined) return { ranked: [], seen: [], personalized: false, activity: noActivity }
  const activity = state ? activityOf(state.profile) : noActivity
  const seen = [...list.seen]
  const marked = new Set([...activity.seen, ...seen.map(({ itemId }) => itemId), ...(list.unlisted ?? [])])
  const { personalized } = list
  if (!rules.seen) return { ranked: [...list.unseen], seen, personalized, activity: { ...activity, seen: marked } }
  const policy = new SeenItems(rules.seen, list.touched ? unpackTouched(list.touched) : nothingTouched, now)
  const kept = new Set([...policy.recent(), ...policy.among(marked)])
  const ranked = mergeByScore([...list.unseen], seen)
  return { ranked, seen, personalized, activity: { ...activity, seen: kept } }
}

/** What the rules of the placement make of a page. */
function rulesOf(
  context: ListContext,
  seen: ReadonlySet<string>,
): Pick<HomeSources, 'listable' | 'find' | 'exists' | 'pinned' | 'arrange' | 'finishedPortion'> {
  const { catalog, rules, applied, isEligible } = context
  const pinned = (rules.pins ?? []).map(({ item }) => item)
  const listable = (item: Item) => (isEligible(item) ? item : variantInstead(item, catalog, isEligible))
  return {
    listable,
    find: (itemId) => {
      const item = catalog.get(itemId)
      return item && listable(item)
    },
    exists: (itemId) => catalog.get(itemId) !== undefined,
    pinned,
    arrange: (items, isMain) =>
      applied.isPlain ? items : arrangeRow(items, isMain ? rules : { ...rules, pins: [] }, context, seen),
    finishedPortion: finishedPortionOf(rules),
  }
}

/** Whether the user's list has fewer items that may be listed than the page could show. */
function mayFallShort({ ranked, activity, find, itemsMax }: HomeSources): boolean {
  let left = itemsMax
  for (const { itemId } of ranked) if (!activity.seen.has(itemId) && find(itemId) && --left === 0) return false
  return true
}

function arrangeRow(
  items: readonly HomeItem[],
  rules: RuleSet,
  context: ListContext,
  seen: ReadonlySet<string>,
): HomeItem[] {
  const first = items.length + (rules.pins?.length ?? 0)
  const request = { ...context.request, first }
  const known = new Map(items.map((item) => [item.itemId, item]))
  const arranged = arrange(items, { ...context, rules, request }, (itemId) => seen.has(itemId))
  return arranged.map((candidate) => {
    const { id: itemId, groupId } = candidate.item
    const appeal = candidate.reason.kind === 'pinned' ? pinnedAppeal : known.get(itemId)!.appeal
    return { ...candidate, itemId, groupId, appeal }
  })
}

/** What the shop puts there counts as the best of the user's list. */
const pinnedAppeal = 1

const finishedPortionOf = ({ seen }: RuleSet): number =>
  typeof seen?.CONSUME === 'number' && seen.CONSUME <= 1 ? seen.CONSUME : finishedPortionDefault

/** The embed stage stores a state after it has emitted what the list is made from. */
const isBehind = (state: StoredUserState | undefined, list: StoredList | undefined): boolean =>
  list !== undefined &&
  state?.position.partition === list.position.partition &&
  state.position.offset < list.position.offset

function toRow(
  { kind, because, items }: HomeCandidate,
  catalog: Catalog,
  issue: (name: string, itemIds: readonly string[]) => string,
): HomeRow {
  const itemIds = items.map(({ itemId }) => itemId)
  const subject = because?.kind === 'because' ? because.itemId : because?.kind === 'taste' ? because.categories : null
  const id = issue(JSON.stringify([kind, subject]), itemIds)
  return new HomeRow({ id, kind, because: presented(because, catalog), picks: present(items, catalog) })
}

function presented(because: PickReason | null, catalog: Catalog): BecauseOfItem | MatchesTaste | null {
  if (because?.kind === 'taste') return new MatchesTaste(because.categories)
  if (because?.kind !== 'because') return null
  const item = catalog.get(because.itemId)
  return item ? new BecauseOfItem(item, because.eventType) : null
}
