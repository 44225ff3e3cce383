import type { HomeRowKind } from '../../../schema/graphql/enums.ts'
import type { Item } from '../../../schema/graphql/item.ts'
import type { PickReason, RankedItem } from '../../../schema/records/ranked-list.ts'
import type { Candidate } from '../pipeline/list-context.ts'
import type { RowCandidate, RowItem } from './choose-rows.ts'
import type { UserActivity } from './user-activity.ts'

export interface HomeItem extends RowItem, Candidate {}

export interface HomeCandidate extends RowCandidate<HomeItem> {
  readonly kind: HomeRowKind
  /** What the row is about: an item or a category. */
  readonly because: PickReason | null
}

/** What is known of one user and of the shop, for one page. */
export interface HomeSources {
  /** The user's list, or what somebody is shown of whom nothing is known; best first. */
  readonly ranked: readonly RankedItem[]
  /** Items the user has seen, scored on the scale of `ranked`; best first. */
  readonly seen: readonly RankedItem[]
  /** Whether `ranked` was made from what the user did. */
  readonly personalized: boolean
  readonly activity: UserActivity
  /** What trends; best first. */
  readonly trending: readonly RankedItem[]
  /** Newest first. */
  readonly newest: Iterable<Item>
  /** The log's time, ms. */
  readonly now: number
  /** From which portion on an item that was begun counts as finished, 0 to 1. */
  readonly finishedPortion: number
  /** The item, or another variant of its group where it may not be listed; undefined where none may. */
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
/** Newest items of the catalog that are looked through for one page, whatever the filter leaves of them. */
const newestReadMax = 2_000
/** An item outside the list counts as half of the last one in it. */
const unlistedFactor = 0.5
/** What was begun counts as the best of the list when it was left, and half of that so much later. */
const continueHalfLifeMs = 7 * 86_400_000

/**
 * All rows that a page may have, in time linear in the user's list, the trends and the bounds above. The appeal of an item is
 * exp(score - best score): the blend is fitted by the listwise softmax loss, so it is proportional to the probability that
 * the item is the next one that the user wants.
 */
export function rowCandidates(sources: HomeSources): HomeCandidate[] {
  const { personalized, activity, arrange } = sources
  const toItem = itemMaker(sources)
  const begun = begunItems(sources)
  // What can be continued stands in that row alone.
  const continued = begun.length < sources.itemsMin ? [] : begun.map(({ itemId }) => itemId)
  const main: Collecting = { sources, toItem, without: new Set([...activity.seen, ...continued]) }
  const other = { ...main, without: new Set([...main.without, ...sources.pinned]) }
  const mainKind = personalized ? 'FOR_YOU' : 'TRENDING'
  const trending = collect(sources.trending.filter(isPopular), personalized ? other : main)
  const rows = [
    ...(personalized ? [row('FOR_YOU', collect(sources.ranked, main))] : []),
    row('BUY_AGAIN', boughtItems(sources)),
    ...(personalized ? [...becauseRows(other), ...categoryRows(other)] : []),
    row('TRENDING', trending),
    row('NEW', newItems(other)),
  ]
  const arranged = rows.map((one) => ({ ...one, items: arrange(one.items, one.kind === mainKind) }))
  return [row('CONTINUE', begun), ...arranged]
}

type ToItem = (ranked: RankedItem, item: Item) => HomeItem

interface Collecting {
  readonly sources: HomeSources
  readonly toItem: ToItem
  /** Items that must not be collected. */
  readonly without: ReadonlySet<string>
}

const row = (kind: HomeRowKind, items: readonly HomeItem[], because: PickReason | null = null): HomeCandidate => ({
  kind,
  items,
  because,
})

const isPopular = ({ reason }: RankedItem) => reason.kind === 'popular'

/** Gives items their appeal: by the user's list, wherever they were found. */
function itemMaker({ ranked }: HomeSources): ToItem {
  const best = ranked[0]?.score ?? 0
  const appealOf = (score: number) => Math.exp(Math.min(0, score - best))
  const appeals = new Map(ranked.map(({ itemId, score }) => [itemId, appealOf(score)]))
  const unlisted = unlistedFactor * appealOf(ranked.at(-1)?.score ?? best)
  return ({ itemId, ...entry }, item) => {
    const appeal = appeals.get(itemId) ?? unlisted
    return { ...entry, itemId: item.id, item, groupId: item.groupId, appeal }
  }
}

/** Those that may be listed, in their order. */
function collect(ranked: Iterable<RankedItem>, { sources, toItem, without }: Collecting): HomeItem[] {
  const items: HomeItem[] = []
  for (const entry of ranked) {
    if (items.length >= sources.itemsMax) break
    const item = without.has(entry.itemId) ? undefined : sources.find(entry.itemId)
    if (item && !without.has(item.id)) items.push(toItem(entry, item))
  }
  return items
}

function begunItems({ activity, find, finishedPortion, now }: HomeSources): HomeItem[] {
  return activity.begun.flatMap(({ itemId, portion, at }) => {
    const item = portion < finishedPortion ? find(itemId) : undefined
    if (item?.id !== itemId) return []
    const appeal = 2 ** -(Math.max(0, now - at) / continueHalfLifeMs)
    return {
      itemId,
      item,
      groupId: item.groupId,
      score: appeal,
      appeal,
      reason: { kind: 'because', itemId, eventType: 'CONSUME' } as const,
    }
  })
}

function boughtItems({ activity, seen, ranked, find }: HomeSources): HomeItem[] {
  const best = ranked[0]?.score ?? seen[0]?.score ?? 0
  return seen.flatMap(({ itemId, score }) => {
    const item = activity.bought.has(itemId) ? find(itemId) : undefined
    if (item === undefined) return []
    const appeal = Math.exp(Math.min(0, score - best))
    return {
      itemId: item.id,
      item,
      groupId: item.groupId,
      score,
      appeal,
      reason: { kind: 'because', itemId, eventType: 'PURCHASE' } as const,
    }
  })
}

/** The items whose reason is one item, for the items that most follow from. */
function becauseRows(collecting: Collecting): HomeCandidate[] {
  const { ranked, exists } = collecting.sources
  const groups = new Groups()
  for (const entry of collectAll(ranked, collecting)) {
    const { reason, itemId } = entry
    if (reason.kind === 'because' && reason.itemId !== itemId && exists(reason.itemId)) groups.add(reason.itemId, entry)
  }
  return groups.greatest(becauseRowsMax).map(([, group]) => row('BECAUSE_OF', group, group[0]!.reason))
}

/** The categories that the user's list favors, each with what trends in it behind the list's own items. */
function categoryRows(collecting: Collecting): HomeCandidate[] {
  const { ranked, trending, itemsMax } = collecting.sources
  const groups = new Groups()
  for (const entry of collectAll(ranked, collecting)) {
    for (const category of new Set(entry.item.categories)) groups.add(category, entry)
  }
  const rows = new Map(groups.greatest(categoryRowsMax))
  const listed = new Set([...collecting.without, ...ranked.map(({ itemId }) => itemId)])
  for (const entry of collectAll(trending, { ...collecting, without: listed })) {
    for (const category of new Set(entry.item.categories)) rows.get(category)?.push(entry)
  }
  return Array.from(rows, ([category, group]) =>
    row('CATEGORY', group.slice(0, itemsMax), { kind: 'taste', categories: [category] }),
  )
}

const collectAll = (ranked: readonly RankedItem[], { sources, ...rest }: Collecting): HomeItem[] =>
  collect(ranked, { ...rest, sources: { ...sources, itemsMax: ranked.length } })

function newItems(collecting: Collecting): HomeItem[] {
  const newest: RankedItem[] = []
  for (const { id, publishedAt } of collecting.sources.newest) {
    if (publishedAt === null || newest.length >= newestReadMax) break
    newest.push({ itemId: id, score: 0, reason: { kind: 'new', publishedAt } })
  }
  return collect(newest, collecting)
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
