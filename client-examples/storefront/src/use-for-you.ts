import { useEffect, useReducer, useRef, useState } from 'react'
import { useClient } from 'urql'
import { ForYouDocument } from './generated/graphql.ts'
import { change, emptyList } from './held-list.ts'
import { stopwatch } from './shopper.ts'

/** How long the pointer may be away before waiting picks come in by themselves. */
const releaseMs = 300

/** The live list of one shopper: first as it stands, then every newer one as soon as the server has made it. */
export function useForYou(userId: string) {
  const client = useClient()
  const [state, dispatch] = useReducer(change, emptyList)
  const [latencyMs, setLatencyMs] = useState<number>()
  const [failure, setFailure] = useState<string>()

  useEffect(() => {
    const { unsubscribe } = client.subscription(ForYouDocument, { userId }).subscribe(({ data, error }) => {
      setFailure(error?.message)
      if (!data) return
      const list = data.recommendationsUpdated
      const ms = stopwatch.stopped(list.causedByEventId, performance.now())
      if (ms !== undefined) setLatencyMs(ms)
      dispatch({ type: 'arrived', list })
    })
    return unsubscribe
  }, [client, userId])

  return { state, dispatch, latencyMs, failure }
}

/** Holds the list while a mouse, a finger or the keyboard's focus is in it. To be spread on the element around it. */
export function useHold(held: boolean, dispatch: (what: { type: 'held' | 'released' }) => void) {
  const reasons = useRef(new Set<'mouse' | 'touch' | 'focus'>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const hold = (reason: 'mouse' | 'touch' | 'focus') => {
    clearTimeout(timer.current)
    reasons.current.add(reason)
    if (!held) dispatch({ type: 'held' })
  }
  const release = (reason: 'mouse' | 'touch' | 'focus') => {
    reasons.current.delete(reason)
    if (reasons.current.size > 0) return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => dispatch({ type: 'released' }), releaseMs)
  }

  return {
    onPointerEnter: (event: React.PointerEvent) => event.pointerType !== 'touch' && hold('mouse'),
    onPointerLeave: () => release('mouse'),
    onTouchStart: () => hold('touch'),
    onTouchEnd: () => release('touch'),
    onTouchCancel: () => release('touch'),
    onFocus: () => hold('focus'),
    onBlur: (event: React.FocusEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget)) release('focus')
    },
  }
}
