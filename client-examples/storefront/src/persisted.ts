import { useSyncExternalStore } from 'react'

export interface Persisted<T> {
  get(): T
  set(value: T): void
  use(): T
}

/** A value in localStorage: it survives a reload, and all windows of this browser have the same. */
export function persisted<T>(key: string, initial: () => T): Persisted<T> {
  const listeners = new Set<() => void>()
  let value = read()

  addEventListener('storage', (event) => {
    if (event.key === key) changed(read())
  })

  return {
    get: () => value,
    set(next) {
      localStorage.setItem(key, JSON.stringify(next))
      changed(next)
    },
    use: () =>
      useSyncExternalStore(
        (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        () => value,
      ),
  }

  function read(): T {
    const stored = localStorage.getItem(key)
    if (stored !== null) return JSON.parse(stored) as T
    const first = initial()
    localStorage.setItem(key, JSON.stringify(first))
    return first
  }

  function changed(next: T) {
    value = next
    for (const listener of listeners) listener()
  }
}
