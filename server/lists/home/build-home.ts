import type { Store } from '../../../platform/ports/store.ts'
import { Home, HomeRow } from '../../../schema/graphql/home.ts'
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
  /**
   * Whether the user state that was read is older than the list, so that the latest events may be missing from the
   * rows.
   */
  readonly isStateBehind: boolean
}

/** Portion from which on an item counts as finished, where the rules do not set it. */
const finishedPortionDefault = 0.95

/**
 * Builds a start page from stored data: the user's list and state, trends, and the catalog. Reads the store once; the
 * rest takes time linear in the maximum sizes of these.
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
    ...rulesOf(context, known.activity.seen, first),
    itemsMin: rowItemsMin,
    itemsMax: rowsMax * first,
  }
  const limits = { rows: rowsMax, first, itemsMin: rowItemsMin }
  const filled = mayFallShort(sources) ? { ...sources, further: await trends.board('WEEK') } : sources
  const found = chooseRows(rowCandidates(filled), limits)
  const page = found.length > 0 ? found : chooseRows([fallbackRow(filled)], limits)
  const { placement } = request
  const { variant } = context.applied
  // Without a revision, so that the same rows with the same items keep their ids.
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

/** The parts of the sources that follow from the rules of the placement. */
function rulesOf(
  context: ListContext,
  seen: ReadonlySet<string>,
  first: number,
): Pick<HomeSources, 'listable' | 'find' | 'exists' | 'pinned' | 'weigh' | 'finishOf' | 'finishedPortion'> {
  const { catalog, rules, applied, isEligible } = context
  const { maxCategoryShare, pins = [], ...order } = rules
  const listable: HomeSources['listable'] = (item, excluded) =>
    isEligible(item) ? item : variantInstead(item, catalog, (other) => isEligible(other) && !excluded.has(other.id))
  return {
    listable,
    find: (itemId, excluded) => {
      const item = catalog.get(itemId)
      return item && listable(item, excluded)
    },
    exists: (itemId) => catalog.get(itemId) !== undefined,
    pinned: pins.map(({ item }) => item),
    weigh: (items) => {
      const request = { ...context.request, first: items.length }
      return applied.isPlain ? items : arrangeRow(items, { ...context, rules: order, request }, () => true)
    },
    finishOf: (isMain) => {
      const placing = { maxCategoryShare, pins: isMain ? pins : [] }
      if (maxCategoryShare === undefined && placing.pins.length === 0) return undefined
      const placed = { ...context, rules: placing, request: { ...context.request, first } }
      return (remaining, taken) =>
        arrangeRow(remaining, placed, (itemId) => {
          const item = catalog.get(itemId)
          return item === undefined || seen.has(itemId) || taken.has({ itemId, groupId: item.groupId })
        })
    },
    finishedPortion: finishedPortionOf(rules),
  }
}

/** Whether the user's list has fewer eligible items than the page has places. */
function mayFallShort({ ranked, activity, find, itemsMax }: HomeSources): boolean {
  let left = itemsMax
  for (const { itemId } of ranked)
    if (!activity.seen.has(itemId) && find(itemId, activity.seen) && --left === 0) return false
  return true
}

function arrangeRow(
  items: readonly HomeItem[],
  context: ListContext,
  isExcluded: (itemId: string) => boolean,
): HomeItem[] {
  const known = new Map(items.map((item) => [item.itemId, item]))
  return arrange(items, context, isExcluded).map((candidate) => {
    const { id: itemId, groupId } = candidate.item
    const appeal = candidate.reason.kind === 'pinned' ? pinnedAppeal : known.get(itemId)!.appeal
    return { ...candidate, itemId, groupId, appeal }
  })
}

/** A pinned item counts as much as the best item of the user's list. */
const pinnedAppeal = 1

const finishedPortionOf = ({ seen }: RuleSet): number =>
  typeof seen?.CONSUME === 'number' && seen.CONSUME <= 1 ? seen.CONSUME : finishedPortionDefault

/**
 * True for a short time after an event: the embed stage emits the vector, which the list is made from, before it stores
 * the state.
 */
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
