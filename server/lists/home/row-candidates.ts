import type { HomeRowKind } from '../../../schema/graphql/enums.ts'
import type { Item } from '../../../schema/graphql/item.ts'
import type { PickReason, RankedItem } from '../../../schema/records/ranked-list.ts'
import type { RowCandidate } from './choose-rows.ts'
import { Appeals, type HomeItem, homeItem, RowItems, readOnce } from './row-items.ts'
import type { UserActivity } from './user-activity.ts'

export interface HomeCandidate extends RowCandidate<HomeItem> {
  readonly kind: HomeRowKind
  /** What the row is about: an item or a category. */
  readonly because: PickReason | null
}

/** What is known of one user and of the shop, for one page. */
export interface HomeSources {
  /** The user's list, or that for unknown users; best first. */
  readonly ranked: readonly RankedItem[]
  /** Items the user has seen, scored on the scale of `ranked`; best first. */
  readonly seen: readonly RankedItem[]
  /** Whether `ranked` was made from what the user did. */
  readonly personalized: boolean
  readonly activity: UserActivity
  /** What trends; best first. */
  readonly trending: readonly RankedItem[]
  /** What the main row is filled with behind `ranked` and `trending`. */
  readonly further: readonly RankedItem[]
  /** Newest first. */
  readonly newest: Iterable<Item>
  /** The log's time, ms. */
  readonly now: number
  /** From which portion on an item that was begun counts as finished, 0 to 1. */
  readonly finishedPortion: number
  /** The item, or another variant of its group where it may not be listed; undefined where none may. */
  readonly listable: (item: Item) => Item | undefined
  /** The same of the item with this id. */
  readonly find: (itemId: string) => Item | undefined
  /** Whether the catalog has the item, listed or not. */
  readonly exists: (itemId: string) => boolean
  /** Pinned items: they stand in the main row alone. */
  readonly pinned: readonly string[]
  /** Arranges a row by the shop's rules; pins are placed in the main row alone. */
  readonly arrange: (items: readonly HomeItem[], isMain: boolean) => readonly HomeItem[]
  /** Minimum items of a row. */
  readonly itemsMin: number
  /** Items of one row that are worth collecting: those of all rows of the page. */
  readonly itemsMax: number
}

const becauseRowsMax = 5
const categoryRowsMax = 12
/** Newest items that may be listed that are looked through for the rows of categories. */
const newestOfCategoriesMax = 2_000
/** What was begun counts as the best of the list when it was left, and half of that so much later. */
const continueHalfLifeMs = 7 * 86_400_000

/**
 * All rows that a page may have, in time linear in the user's list, the trends and the bounds above; where the filter leaves
 * too few of them, in the catalog too, which is then read once for all rows. The appeal of an item is
 * exp(score - best score): the blend is fitted by the listwise softmax loss, so it is proportional to the probability that
 * the item is the next one that the user wants.
 */
export function rowCandidates(sources: HomeSources): HomeCandidate[] {
  const { personalized, activity, arrange } = sources
  const appeals = new Appeals(sources.ranked)
  const newest = readOnce(newestItems(sources))
  const begun = begunItems(sources)
  // What can be continued stands in that row alone.
  const continued = begun.length < sources.itemsMin ? [] : begun.map(({ itemId }) => itemId)
  const main: Collecting = { sources, appeals, newest, without: new Set([...activity.seen, ...continued]) }
  const other = { ...main, without: new Set([...main.without, ...sources.pinned]) }
  const mainKind = personalized ? 'FOR_YOU' : 'TRENDING'
  const trending = collect(sources.trending.filter(isPopular), personalized ? other : main)
  const listed = personalized ? [...found(sources.ranked, other)] : []
  const rows = [
    ...(personalized ? [row('FOR_YOU', mainItems(main))] : []),
    row('BUY_AGAIN', boughtItems(sources, appeals)),
    ...becauseRows(listed, sources),
    ...categoryRows(listed, other),
    row('TRENDING', trending),
    row('NEW', newItems(other)),
  ]
  const arranged = rows.map((one) => ({ ...one, items: arrange(one.items, one.kind === mainKind) }))
  return [row('CONTINUE', begun), ...arranged]
}

/** The only row of a page that would have none: whatever may be listed, as a list is filled. */
export function fallbackRow(sources: HomeSources): HomeCandidate {
  const newest = readOnce(newestItems(sources))
  const collecting = { sources, appeals: new Appeals(sources.ranked), newest, without: sources.activity.seen }
  return row('TRENDING', sources.arrange(mainItems(collecting), true))
}

interface Collecting {
  readonly sources: HomeSources
  readonly appeals: Appeals
  /** Of the catalog, what may be listed. */
  readonly newest: Iterable<NewItem>
  /** Items that must not be collected. */
  readonly without: ReadonlySet<string>
}

interface NewItem {
  /** Whose place in the order of publication it is: the item, or one of its group that may not be listed. */
  readonly itemId: string
  readonly item: Item
  readonly reason: PickReason & { readonly kind: 'new' }
}

const row = (kind: HomeRowKind, items: readonly HomeItem[], because: PickReason | null = null): HomeCandidate => ({
  kind,
  items,
  because,
})

const isPopular = ({ reason }: RankedItem) => reason.kind === 'popular'

function* newestItems({ newest, listable }: HomeSources): Iterable<NewItem> {
  for (const entry of newest) {
    const item = listable(entry)
    if (item) yield { itemId: entry.id, item, reason: { kind: 'new', publishedAt: entry.publishedAt } }
  }
}

/** Those that may be listed, in their order. */
function* found(ranked: Iterable<RankedItem>, { sources, appeals, without }: Collecting): Iterable<HomeItem> {
  for (const { itemId, score, reason } of ranked) {
    const item = without.has(itemId) ? undefined : sources.find(itemId)
    if (item && !without.has(item.id)) yield homeItem(item, appeals.of(itemId), score, reason)
  }
}

function* foundNewest({ appeals, newest, without }: Collecting): Iterable<HomeItem> {
  for (const { itemId, item, reason } of newest) {
    if (!without.has(itemId) && !without.has(item.id)) yield homeItem(item, appeals.of(itemId), 0, reason)
  }
}

function collect(ranked: Iterable<RankedItem>, collecting: Collecting): HomeItem[] {
  const row = new RowItems(collecting.sources.itemsMax)
  for (const entry of found(ranked, collecting)) {
    if (row.isFull) break
    row.add(entry)
  }
  return row.items
}

/** The user's list. Where few of it may be listed, it is filled as any list is: with what trends, then with the newest. */
function mainItems(collecting: Collecting): HomeItem[] {
  const { sources } = collecting
  const row = new RowItems(sources.itemsMax)
  for (const entry of found(sources.ranked, collecting)) row.add(entry)
  if (row.isFull) return row.items
  const score = Math.min(0, row.items.at(-1)?.score ?? 0)
  const fills = [found(sources.trending, collecting), found(sources.further, collecting), foundNewest(collecting)]
  for (const fill of fills) {
    for (const entry of fill) {
      row.add({ ...entry, score, isFill: true })
      if (row.isFull) return row.items
    }
  }
  return row.items
}

function begunItems({ activity, find, finishedPortion, now }: HomeSources): HomeItem[] {
  return activity.begun.flatMap(({ itemId, portion, at }) => {
    const item = portion < finishedPortion ? find(itemId) : undefined
    if (item?.id !== itemId) return []
    const appeal = 2 ** -(Math.max(0, now - at) / continueHalfLifeMs)
    return homeItem(item, appeal, appeal, { kind: 'because', itemId, eventType: 'CONSUME' })
  })
}

function boughtItems({ activity, seen, find }: HomeSources, appeals: Appeals): HomeItem[] {
  return seen.flatMap(({ itemId, score }) => {
    const item = activity.bought.has(itemId) ? find(itemId) : undefined
    if (item === undefined) return []
    return homeItem(item, appeals.ofScore(score), score, { kind: 'because', itemId, eventType: 'PURCHASE' })
  })
}

/** The items whose reason is one item, for the items that most follow from. */
function becauseRows(listed: readonly HomeItem[], { exists }: HomeSources): HomeCandidate[] {
  const groups = new Groups()
  for (const entry of listed) {
    const { reason, itemId } = entry
    if (reason.kind === 'because' && reason.itemId !== itemId && exists(reason.itemId)) groups.add(reason.itemId, entry)
  }
  return groups.greatest(becauseRowsMax).map(([, group]) => row('BECAUSE_OF', group, group[0]!.reason))
}

/**
 * The categories that the user's list favors, each with what trends in it behind the list's own items, and then with what is
 * newest in it.
 */
function categoryRows(listed: readonly HomeItem[], collecting: Collecting): HomeCandidate[] {
  const { sources, without } = collecting
  const groups = new Groups()
  for (const entry of listed) for (const category of new Set(entry.item.categories)) groups.add(category, entry)
  const rows = new Map<string, RowItems>()
  for (const [category, items] of groups.greatest(categoryRowsMax)) {
    const collected = new RowItems(sources.itemsMax)
    for (const entry of items) collected.add(entry)
    rows.set(category, collected)
  }
  const unlisted = { ...collecting, without: new Set([...without, ...sources.ranked.map(({ itemId }) => itemId)]) }
  addToRows(rows, found(sources.trending, unlisted))
  addToRows(rows, atMost(newestOfCategoriesMax, foundNewest(unlisted)))
  return Array.from(rows, ([category, { items }]) => row('CATEGORY', items, { kind: 'taste', categories: [category] }))
}

/** Adds each entry to the rows of its categories; reads no further once they are full. */
function addToRows(rows: ReadonlyMap<string, RowItems>, entries: Iterable<HomeItem>): void {
  const short = new Set([...rows.values()].filter(({ isFull }) => !isFull))
  if (short.size === 0) return
  for (const entry of entries) {
    for (const category of entry.item.categories) {
      const collected = rows.get(category)
      if (collected === undefined || !short.has(collected)) continue
      collected.add(entry)
      if (collected.isFull) short.delete(collected)
    }
    if (short.size === 0) return
  }
}

function newItems(collecting: Collecting): HomeItem[] {
  const row = new RowItems(collecting.sources.itemsMax)
  for (const entry of foundNewest(collecting)) {
    const isDated = entry.reason.kind === 'new' && entry.reason.publishedAt !== null
    if (row.isFull || !isDated) break
    row.add(entry)
  }
  return row.items
}

function* atMost<T>(count: number, entries: Iterable<T>): Iterable<T> {
  let left = count
  for (const entry of entries) {
    yield entry
    if (--left === 0) return
  }
}

class Groups {
  private readonly groups = new Map<string, { items: HomeItem[]; appeal: number }>()

  add(name: string, item: HomeItem): void {
    const group = this.groups.get(name)
    if (!group) this.groups.set(name, { items: [item], appeal: item.appeal })
    else {
      group.items.push(item)
      group.appeal += item.appeal
    }
  }

  /** The groups with the most appeal; of equal ones that which was begun first. */
  greatest(max: number): [name: string, items: HomeItem[]][] {
    const groups = [...this.groups].sort(([, a], [, b]) => b.appeal - a.appeal)
    return groups.slice(0, max).map(([name, { items }]) => [name, items])
  }
}
