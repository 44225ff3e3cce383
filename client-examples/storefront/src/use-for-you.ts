import { useHeldList, useRecommendations } from '@pickstream/react'
import { useEffect, useState } from 'react'
import { stopwatch } from './shopper.ts'

/** The live list of one shopper: the current one first, then each newer one as soon as the server has computed it. */
export function useForYou(userId: string) {
  const { list, error } = useRecommendations(userId, { first: 12, placement: 'for-you' })
  const [latencyMs, setLatencyMs] = useState<number>()

  useEffect(() => {
    const ms = list && stopwatch.stopped(list.causedByEventId, performance.now())
    if (ms !== undefined) setLatencyMs(ms)
  }, [list])

  return { ...useHeldList(list), latencyMs, failure: error?.message }
}
