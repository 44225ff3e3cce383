import { useEffect } from 'react'
import { type AnyVariables, type UseQueryArgs, useQuery } from 'urql'
import { connectionStore } from './client.ts'
import { frozenStore } from './live.ts'

/** useQuery that repeats at an interval while the page is visible, and when the connection is restored. */
export function useFreshQuery<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data>,
  everyMs?: number,
) {
  const [result, ask] = useQuery({ requestPolicy: 'cache-and-network', ...args })
  const { pause } = args
  useEffect(() => {
    if (pause) return
    const again = () => ask({ requestPolicy: 'network-only' })
    const stop = connectionStore.subscribe(() => {
      if (connectionStore.get() === 'live') again()
    })
    const timer = everyMs
      ? setInterval(() => {
          if (!document.hidden && !frozenStore.get()) again()
        }, everyMs)
      : undefined
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [ask, everyMs, pause])
  return { ...result, askAgain: () => ask({ requestPolicy: 'network-only' }) }
}
