import {
  changeHeldList,
  type HeldListChange,
  heldListOf,
  type ListLike,
  observeHold,
  picksShown,
  picksWaiting,
} from '@pickstream/client'
import { type RefCallback, useCallback, useEffect, useReducer, useState } from 'react'

export interface ShownList<List extends ListLike> {
  /** The list that is shown; undefined before the first. */
  readonly shown: List | undefined
  /** Its picks, without what was dismissed. */
  readonly picks: readonly List['picks'][number][]
  /** How many new picks wait; undefined where nothing waits, 0 where only the order would change. */
  readonly waiting: number | undefined
  /** Ids of the items that came with the newest change. */
  readonly fresh: ReadonlySet<string>
  /** For the element around the list: nothing moves while pointer or focus are in it. */
  readonly holdRef: RefCallback<HTMLElement>
  /** Shows what waits. */
  showWaiting(): void
  /** Takes an item out at once; the server hears of it by `record`. */
  dismiss(itemId: string): void
  restore(itemId: string): void
}

/** Holds a live list still while the visitor uses it. Another user's list replaces it at once. */
export function useHeldList<List extends ListLike>(newest: List | undefined): ShownList<List> {
  const [state, dispatch] = useReducer(changeHeldList<List>, newest, heldListOf<List>)
  const [taken, setTaken] = useState(newest)
  if (newest !== taken) {
    setTaken(newest)
    if (newest?.userId !== taken?.userId) dispatch({ type: 'cleared' })
    if (newest) dispatch({ type: 'arrived', list: newest })
  }
  const [element, holdRef] = useState<HTMLElement | null>(null)
  useEffect(() => {
    if (element) return observeHold(element, (held) => dispatch({ type: held ? 'held' : 'released' }))
  }, [element])
  const change = useCallback((what: HeldListChange<List>) => dispatch(what), [])
  return {
    shown: state.shown,
    picks: picksShown(state),
    waiting: picksWaiting(state),
    fresh: state.fresh,
    holdRef,
    showWaiting: useCallback(() => change({ type: 'requested' }), [change]),
    dismiss: useCallback((itemId: string) => change({ type: 'dismissed', itemId }), [change]),
    restore: useCallback((itemId: string) => change({ type: 'restored', itemId }), [change]),
  }
}
