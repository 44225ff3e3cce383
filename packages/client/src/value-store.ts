import { runCallback } from './callback.ts'

/** An observable value, with the interface of React's `useSyncExternalStore`. */
export interface ValueStore<T> {
  get(): T
  /** Calls back after every change. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void
}

export interface WritableStore<T> extends ValueStore<T> {
  set(next: T): void
}

/** @param initial the value until the first `set` */
export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) runCallback(listener)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
