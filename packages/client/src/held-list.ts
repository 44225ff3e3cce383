/** Any list of picks, for example a RecommendationList. */
export interface ListLike {
  readonly userId?: string | null
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

/** State of a live list on a page: the list that is shown, and a newer one that waits while the visitor uses it. */
export interface HeldList<List extends ListLike> {
  readonly shown: List | undefined
  readonly waiting: List | undefined
  readonly held: boolean
  /** Ids of items dismissed on this page: hidden at once, before the server's list reflects it. */
  readonly dismissed: ReadonlySet<string>
  /** Ids of the items that the newest change of the shown list added; empty for the first list. */
  readonly fresh: ReadonlySet<string>
}

export type HeldListChange<List extends ListLike> =
  | { readonly type: 'arrived'; readonly list: List }
  | { readonly type: 'held' }
  | { readonly type: 'released' }
  /** The visitor requests the waiting list. */
  | { readonly type: 'requested' }
  | { readonly type: 'dismissed'; readonly itemId: string }
  | { readonly type: 'restored'; readonly itemId: string }
  /** Another visitor's list follows: the state is reset. The next list is shown at once. */
  | { readonly type: 'cleared' }

/** Returns the initial state. @param first a list that is available already, for example rendered by the server */
export const heldListOf = <List extends ListLike>(first?: List): HeldList<List> => ({
  shown: first,
  waiting: undefined,
  held: false,
  dismissed: new Set(),
  fresh: new Set(),
})

/**
 * Returns the next state. While the list is held, the newest list that arrives waits. The first list never waits.
 */
export function changeHeldList<List extends ListLike>(
  state: HeldList<List>,
  change: HeldListChange<List>,
): HeldList<List> {
  switch (change.type) {
    case 'arrived':
      return state.held && state.shown ? { ...state, waiting: change.list } : show(state, change.list)
    case 'held':
      return { ...state, held: true }
    case 'released':
      return show({ ...state, held: false }, state.waiting)
    case 'requested':
      return show(state, state.waiting)
    case 'dismissed':
      return { ...state, dismissed: new Set(state.dismissed).add(change.itemId) }
    case 'cleared':
      return { ...heldListOf(), held: state.held }
    case 'restored':
      return { ...state, dismissed: new Set([...state.dismissed].filter((id) => id !== change.itemId)) }
  }
}

/** Returns the picks to show, in order, without dismissed ones. */
export const picksShown = <List extends ListLike>({
  shown,
  dismissed,
}: HeldList<List>): readonly List['picks'][number][] =>
  (shown?.picks ?? []).filter(({ item }) => !dismissed.has(item.id))

/**
 * Returns the number of waiting picks that are not shown; undefined if no list waits, 0 if only the order would
 * change.
 */
export function picksWaiting<List extends ListLike>({ shown, waiting, dismissed }: HeldList<List>): number | undefined {
  if (waiting === undefined) return undefined
  const known = idsOf(shown)
  return waiting.picks.filter(({ item }) => !known.has(item.id) && !dismissed.has(item.id)).length
}

function show<List extends ListLike>(state: HeldList<List>, list: List | undefined): HeldList<List> {
  if (list === undefined) return state
  const before = idsOf(state.shown)
  const fresh = state.shown ? [...idsOf(list)].filter((id) => !before.has(id)) : []
  return { ...state, shown: list, waiting: undefined, fresh: new Set(fresh) }
}

const idsOf = (list: ListLike | undefined): ReadonlySet<string> => new Set(list?.picks.map(({ item }) => item.id))
