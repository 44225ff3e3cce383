import { createStore, type ValueStore, type WritableStore } from '@pickstream/client'
import { useSyncExternalStore } from 'react'

export const useStore = <T>(store: ValueStore<T>): T => useSyncExternalStore(store.subscribe, store.get)

/** A value in localStorage: it survives reloads and is shared by all windows of this browser. */
export function persisted<T>(key: string, initial: () => T): WritableStore<T> {
  const parsed = (): T | undefined => {
    const stored = localStorage.getItem(key)
    return stored === null ? undefined : (JSON.parse(stored) as T)
  }
  const save = (value: T): T => {
    localStorage.setItem(key, JSON.stringify(value))
    return value
  }
  const store = createStore(parsed() ?? save(initial()))
  addEventListener('storage', (event) => {
    if (event.key === key) store.set(parsed() ?? save(initial()))
  })
  return { ...store, set: (value) => store.set(save(value)) }
}
