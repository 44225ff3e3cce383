import type { ConnectionStatus } from '@pickstream/client'
import { useSyncExternalStore } from 'react'
import { usePickstream } from './provider.ts'

/** Returns the state of the connection for pushed lists; `connecting` on a server. */
export function useConnection(): ConnectionStatus {
  const { connection } = usePickstream()
  return useSyncExternalStore(connection.subscribe, connection.get, () => 'connecting')
}
