import type { ValueStore } from '@pickstream/client'
import { useSyncExternalStore } from 'react'

export const useStore = <T>(store: ValueStore<T>): T => useSyncExternalStore(store.subscribe, store.get)
