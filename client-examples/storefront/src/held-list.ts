import type { ForYouSubscription } from './generated/graphql.ts'

export type List = ForYouSubscription['recommendationsUpdated']
export type PickOfList = List['picks'][number]

/** What "For you" shows, and what it keeps back while somebody points at it. */
export interface HeldList {
  readonly shown: List | undefined
  readonly waiting: List | undefined
  readonly held: boolean
  /** Turned down on this page: gone at once, before the server's list says so. */
  readonly dismissed: ReadonlySet<string>
  /** Item ids that came with the newest change of what is shown. */
  readonly fresh: ReadonlySet<string>
}

export type Change =
  | { readonly type: 'arrived'; readonly list: List }
  | { readonly type: 'held' }
  | { readonly type: 'released' }
  | { readonly type: 'asked for' }
  | { readonly type: 'dismissed'; readonly itemId: string }
  | { readonly type: 'restored'; readonly itemId: string }

export const emptyList: HeldList = {
  shown: undefined,
  waiting: undefined,
  held: false,
  dismissed: new Set(),
  fresh: new Set(),
}

export function change(state: HeldList, what: Change): HeldList {
  switch (what.type) {
    case 'arrived':
      return state.held && state.shown ? { ...state, waiting: what.list } : show(state, what.list)
    case 'held':
      return { ...state, held: true }
    case 'released':
      return show({ ...state, held: false }, state.waiting)
    case 'asked for':
      return show(state, state.waiting)
    case 'dismissed':
      return { ...state, dismissed: new Set(state.dismissed).add(what.itemId) }
    case 'restored':
      return { ...state, dismissed: new Set([...state.dismissed].filter((id) => id !== what.itemId)) }
  }
}

/** In order, without those turned down. */
export const picksShown = ({ shown, dismissed }: HeldList): readonly PickOfList[] =>
  (shown?.picks ?? []).filter(({ item }) => !dismissed.has(item.id))

/** How many picks wait that are not shown; undefined where nothing waits, 0 where only the order would change. */
export function newPicksWaiting({ shown, waiting, dismissed }: HeldList): number | undefined {
  if (waiting === undefined) return undefined
  const known = idsOf(shown)
  return waiting.picks.filter(({ item }) => !known.has(item.id) && !dismissed.has(item.id)).length
}

function show(state: HeldList, list: List | undefined): HeldList {
  if (list === undefined) return state
  const before = idsOf(state.shown)
  const fresh = state.shown ? [...idsOf(list)].filter((id) => !before.has(id)) : []
  return { ...state, shown: list, waiting: undefined, fresh: new Set(fresh) }
}

const idsOf = (list: List | undefined) => new Set(list?.picks.map(({ item }) => item.id))
