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
  /** Its picks, without dismissed ones. */
  readonly picks: readonly List['picks'][number][]
  /** Number of new picks that wait; undefined if no list waits, 0 if only the order would change. */
  readonly waiting: number | undefined
  /** Ids of the items that the newest change added. */
  readonly fresh: ReadonlySet<string>
  /** Ref for the element around the list: the list does not change while pointer or focus are in it. */
  readonly holdRef: RefCallback<HTMLElement>
  /** Shows the waiting list. */
  showWaiting(): void
  /** Hides an item at once. Send the event itself by `record`. */
  dismiss(itemId: string): void
  restore(itemId: string): void
}

/** Pauses changes of a live list while the visitor uses it. Another user's list replaces it at once. */
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
