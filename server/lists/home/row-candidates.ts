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

/** The data that the rows of one page are made from. */
export interface HomeSources {
  /** The user's list, or the list for unknown users; best first. */
  readonly ranked: readonly RankedItem[]
  /** Items the user has seen, scored on the scale of `ranked`; best first. */
  readonly seen: readonly RankedItem[]
  /** Whether `ranked` was made from the user's own events. */
  readonly personalized: boolean
  readonly activity: UserActivity
  /** Trends of the day; best first. */
  readonly trending: readonly RankedItem[]
  /** Fills the main row after `ranked` and `trending`; best first. */
  readonly further: readonly RankedItem[]
  /** Newest first. */
  readonly newest: Iterable<Item>
  /** The log's time, ms. */
  readonly now: number
  /** Portion, 0 to 1, from which on an item counts as finished. */
  readonly finishedPortion: number
  /** The item if eligible, else an eligible variant of its group that is not excluded, else undefined. */
  readonly listable: (item: Item, excluded: ReadonlySet<string>) => Item | undefined
  /** `listable` for the item with this id; undefined where the catalog does not have it. */
  readonly find: (itemId: string, excluded: ReadonlySet<string>) => Item | undefined
  /** Whether the catalog has the item, listed or not. */
  readonly exists: (itemId: string) => boolean
  /** Pinned items; they are in the main row only. */
  readonly pinned: readonly string[]
  /** Orders a row by the shop's rules. */
  readonly weigh: (items: readonly HomeItem[]) => readonly HomeItem[]
  /** Applies the rules that depend on places; pins are placed in the main row only. undefined: there are none. */
  readonly finishOf: (isMain: boolean) => HomeCandidate['finish']
  /** Minimum items of a row. */
  readonly itemsMin: number
  /** Maximum items to collect per row: the number of items on the page, since the rows above may take any of them. */
  readonly itemsMax: number
}

const becauseRowsMax = 5
const categoryRowsMax = 12
/** Maximum newest eligible items that are scanned to fill the rows of categories. */
const newestOfCategoriesMax = 2_000
/** Half-life of the appeal of a started item. When the visitor stops, it equals that of the best item in the list. */
const continueHalfLifeMs = 7 * 86_400_000

/**
 * Returns all rows that a page may have. Takes time linear in the user's list, the trends and the maxima above; where
 * the filter leaves too few items, also in the catalog, which is then scanned once for all rows. The appeal of an item
 * is exp(score - best score): the blend is fitted with the listwise softmax loss, so this is proportional to the
 * probability that the item is the next one the user interacts with.
 */
export function rowCandidates(sources: HomeSources): HomeCandidate[] {
  const { personalized, activity } = sources
  const appeals = new Appeals(sources.ranked)
  const newest = readOnce(newestItems(sources))
  const begun = begunItems(sources)
  // Items in the row to continue are in no other row.
  const continued = begun.length < sources.itemsMin ? [] : begun.map(({ itemId }) => itemId)
  const main: RowSources = { sources, appeals, newest, excluded: new Set([...activity.seen, ...continued]) }
  const other = { ...main, excluded: new Set([...main.excluded, ...sources.pinned]) }
  const mainKind = personalized ? 'FOR_YOU' : 'TRENDING'
  const trending = collect(sources.trending.filter(isPopular), personalized ? other : main)
  const listed = personalized ? [...eligible(sources.ranked, other)] : []
  const rows = [
    ...(personalized ? [row('FOR_YOU', mainItems(main))] : []),
    row('BUY_AGAIN', boughtItems(sources, appeals)),
    ...becauseRows(listed, sources),
    ...categoryRows(listed, other),
    row('TRENDING', trending),
    row('NEW', newItems(other)),
  ]
  return [row('CONTINUE', begun), ...rows.map((one) => underRules(one, one.kind === mainKind, sources))]
}

/** The only row of a page that would otherwise be empty: any eligible items, in the order in which lists are filled. */
export function fallbackRow(sources: HomeSources): HomeCandidate {
  const newest = readOnce(newestItems(sources))
  const main = { sources, appeals: new Appeals(sources.ranked), newest, excluded: sources.activity.seen }
  return underRules(row('TRENDING', mainItems(main)), true, sources)
}

const underRules = (one: HomeCandidate, isMain: boolean, { weigh, finishOf }: HomeSources): HomeCandidate => ({
  ...one,
  items: weigh(one.items),
  finish: finishOf(isMain),
})

/** What one row is collected from. */
interface RowSources {
  readonly sources: HomeSources
  readonly appeals: Appeals
  /** Eligible items of the catalog, newest first. */
  readonly newest: Iterable<NewItem>
  /** Items that must not be in the row. */
  readonly excluded: ReadonlySet<string>
}

interface NewItem {
  /** The item whose publication date put it here: `item` itself, or an item of its group that is not eligible. */
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

function* newestItems({ newest, listable, activity }: HomeSources): Iterable<NewItem> {
  for (const entry of newest) {
    const item = listable(entry, activity.seen)
    if (item) yield { itemId: entry.id, item, reason: { kind: 'new', publishedAt: entry.publishedAt } }
  }
}

/** The eligible ones, in the same order. */
function* eligible(ranked: Iterable<RankedItem>, { sources, appeals, excluded }: RowSources): Iterable<HomeItem> {
  for (const { itemId, score, reason } of ranked) {
    const item = excluded.has(itemId) ? undefined : sources.find(itemId, excluded)
    if (item) yield homeItem(item, appeals.of(itemId), score, reason)
  }
}

function* eligibleNewest({ appeals, newest, excluded }: RowSources): Iterable<HomeItem> {
  for (const { itemId, item, reason } of newest) {
    if (!excluded.has(itemId) && !excluded.has(item.id)) yield homeItem(item, appeals.of(itemId), 0, reason)
  }
}

function collect(ranked: Iterable<RankedItem>, from: RowSources): HomeItem[] {
  const row = new RowItems(from.sources.itemsMax)
  for (const entry of eligible(ranked, from)) {
    if (row.isFull) break
    row.add(entry)
  }
  return row.items
}

/**
 * The user's list. Where too few of its items are eligible, it is filled like any list: with trends, then the newest
 * items.
 */
function mainItems(from: RowSources): HomeItem[] {
  const { sources } = from
  const row = new RowItems(sources.itemsMax)
  for (const entry of eligible(sources.ranked, from)) row.add(entry)
  if (row.isFull) return row.items
  const score = Math.min(0, row.items.at(-1)?.score ?? 0)
  const fills = [eligible(sources.trending, from), eligible(sources.further, from), eligibleNewest(from)]
  for (const fill of fills) {
    for (const entry of fill) {
      row.add({ ...entry, score, isFill: true })
      if (row.isFull) return row.items
    }
  }
  return row.items
}

/** The first of each group; not another variant in place of one that is not eligible. */
function begunItems({ activity, find, finishedPortion, now }: HomeSources): HomeItem[] {
  const row = new RowItems(Number.POSITIVE_INFINITY)
  for (const { itemId, portion, at } of activity.begun) {
    const item = portion < finishedPortion ? find(itemId, nothing) : undefined
    if (item?.id !== itemId) continue
    const appeal = 2 ** -(Math.max(0, now - at) / continueHalfLifeMs)
    row.add(homeItem(item, appeal, appeal, { kind: 'because', itemId, eventType: 'CONSUME' }))
  }
  return row.items
}

const nothing: ReadonlySet<string> = new Set()

function boughtItems({ activity, seen, find }: HomeSources, appeals: Appeals): HomeItem[] {
  return seen.flatMap(({ itemId, score }) => {
    const item = activity.bought.has(itemId) ? find(itemId, nothing) : undefined
    // Another variant was not bought, and may have been rejected.
    if (item?.id !== itemId) return []
    return homeItem(item, appeals.ofScore(score), score, { kind: 'because', itemId, eventType: 'PURCHASE' })
  })
}

/** One row per item that is the reason of others, for the items whose groups have the most appeal. */
function becauseRows(listed: readonly HomeItem[], { exists }: HomeSources): HomeCandidate[] {
  const groups = new Groups()
  for (const entry of listed) {
    const { reason, itemId } = entry
    if (reason.kind === 'because' && reason.itemId !== itemId && exists(reason.itemId)) groups.add(reason.itemId, entry)
  }
  return groups.greatest(becauseRowsMax).map(([, group]) => row('BECAUSE_OF', group, group[0]!.reason))
}

/**
 * One row per category that the user's list favors: the list's own items, then trends in the category, then its newest
 * items.
 */
function categoryRows(listed: readonly HomeItem[], from: RowSources): HomeCandidate[] {
  const { sources, excluded } = from
  const groups = new Groups()
  for (const entry of listed) for (const category of new Set(entry.item.categories)) groups.add(category, entry)
  const rows = new Map<string, RowItems>()
  for (const [category, items] of groups.greatest(categoryRowsMax)) {
    const collected = new RowItems(sources.itemsMax)
    for (const entry of items) collected.add(entry)
    rows.set(category, collected)
  }
  const unlisted = { ...from, excluded: new Set([...excluded, ...sources.ranked.map(({ itemId }) => itemId)]) }
  addToRows(rows, eligible(sources.trending, unlisted))
  addToRows(rows, atMost(newestOfCategoriesMax, eligibleNewest(unlisted)))
  return Array.from(rows, ([category, { items }]) => row('CATEGORY', items, { kind: 'taste', categories: [category] }))
}

/** Adds each entry to the rows of its categories; stops reading once all are full. */
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

function newItems(from: RowSources): HomeItem[] {
  const row = new RowItems(from.sources.itemsMax)
  for (const entry of eligibleNewest(from)) {
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

  /** The groups with the most appeal; ties keep the order in which the groups were first added. */
  greatest(max: number): [name: string, items: HomeItem[]][] {
    const groups = [...this.groups].sort(([, a], [, b]) => b.appeal - a.appeal)
    return groups.slice(0, max).map(([name, { items }]) => [name, items])
  }
}
