import { useEffect } from 'react'
import { type AnyVariables, type UseQueryArgs, useQuery } from 'urql'
import { connectionStore } from './client.ts'

/** useQuery that asks again by itself when the connection is back. */
export function useShopQuery<Data, Variables extends AnyVariables>(args: UseQueryArgs<Variables, Data>) {
  const [result, ask] = useQuery(args)
  const failed = result.error !== undefined
  useEffect(() => {
    if (!failed) return
    const stop = connectionStore.subscribe(() => {
      if (connectionStore.get() === 'live') ask({ requestPolicy: 'network-only' })
    })
    return () => void stop()
  }, [failed, ask])
  return { ...result, askAgain: () => ask({ requestPolicy: 'network-only' }) }
}
