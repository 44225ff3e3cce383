import type { EventType, RowFragment, VisitorQuery } from '../generated/graphql.ts'

export type HistoryEvent = NonNullable<VisitorQuery['user']>['events']['edges'][number]['node']

/** Weights of event types; types that are absent, such as IMPRESSION, REFUND and UNCART, do not count. */
const weights: Readonly<Partial<Record<EventType, number>>> = {
  VIEW: 1,
  CLICK: 1,
  LIKE: 3,
  CART: 3,
  RATING: 3,
  PURCHASE: 5,
  DISLIKE: -3,
  DISMISS: -1,
}

export interface CategoryShare {
  readonly name: string
  /** Share of the visitor's events, by weight. */
  readonly done: number
  /** Share of the list. */
  readonly shown: number
}

/** The strongest categories of the history with their shares of the list, strongest first. */
export function categoryShares(
  events: readonly HistoryEvent[],
  picks: readonly RowFragment[],
  most: number,
): CategoryShare[] {
  const done = new Map<string, number>()
  for (const { item, type } of events) {
    for (const name of item?.categories ?? []) done.set(name, (done.get(name) ?? 0) + (weights[type] ?? 0))
  }
  const shown = new Map<string, number>()
  for (const { item } of picks) for (const name of item.categories) shown.set(name, (shown.get(name) ?? 0) + 1)
  const share = (counts: ReadonlyMap<string, number>, name: string) => {
    const sum = [...counts.values()].reduce((total, n) => total + Math.max(n, 0), 0)
    return sum === 0 ? 0 : Math.max(counts.get(name) ?? 0, 0) / sum
  }
  return [...new Set([...done.keys(), ...shown.keys()])]
    .map((name) => ({ name, done: share(done, name), shown: share(shown, name) }))
    .filter(({ done, shown }) => done > 0 || shown > 0)
    .sort((a, b) => b.done - a.done || b.shown - a.shown)
    .slice(0, most)
}
