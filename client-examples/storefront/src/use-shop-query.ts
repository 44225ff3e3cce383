import { useEffect } from 'react'
import { type AnyVariables, type UseQueryArgs, useQuery } from 'urql'
import { pickstream } from './client.ts'

/** useQuery that repeats a failed query when the connection is restored. */
export function useShopQuery<Data, Variables extends AnyVariables>(args: UseQueryArgs<Variables, Data>) {
  const [result, ask] = useQuery(args)
  const failed = result.error !== undefined
  useEffect(() => {
    if (!failed) return
    const { connection } = pickstream
    const stop = connection.subscribe(() => {
      if (connection.get() === 'live') ask({ requestPolicy: 'network-only' })
    })
    return () => void stop()
  }, [failed, ask])
  return { ...result, askAgain: () => ask({ requestPolicy: 'network-only' }) }
}
