import { createStore, type ValueStore, type WritableStore } from '@pickstream/client'
import { useSyncExternalStore } from 'react'

export const useStore = <T>(store: ValueStore<T>): T => useSyncExternalStore(store.subscribe, store.get)

/**
 * A value in localStorage: it survives reloads and is shared by all windows of this browser. Where the browser denies the storage it
 * is kept in memory alone; what cannot be read is replaced by `initial`.
 */
export function persisted<T>(key: string, initial: () => T): WritableStore<T> {
  const parsed = (): T | undefined => {
    try {
      return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? undefined
    } catch {
      return undefined
    }
  }
  const save = (value: T): T => {
    try {
      localStorage.setItem(key, JSON.stringify(value))
    } catch {
      // Kept in memory.
    }
    return value
  }
  const store = createStore(parsed() ?? save(initial()))
  addEventListener('storage', (event) => {
    if (event.key === key) store.set(parsed() ?? save(initial()))
  })
  return { ...store, set: (value) => store.set(save(value)) }
}
