import type { ConnectionStatus } from '@pickstream/client'
import { useSyncExternalStore } from 'react'
import { usePickstream } from './provider.ts'

/** Whether pushed lists can arrive; `connecting` on a server. */
export function useConnection(): ConnectionStatus {
  const { connection } = usePickstream()
  return useSyncExternalStore(connection.subscribe, connection.get, () => 'connecting')
}
