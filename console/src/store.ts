import { useSyncExternalStore } from 'react'

export interface ValueStore<T> {
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}

/** One value that components follow. */
export function createStore<T>(initial: T): ValueStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const useStore = <T>(store: ValueStore<T>): T => useSyncExternalStore(store.subscribe, store.get)
