import { LRUCache } from 'lru-cache'
import type { States } from './stage.ts'

/** State that may be lost: of the users met last, in this process alone. For measures, never for decisions that are stored. */
export function memoryStates<State extends object>(max: number): States<State> {
  const cache = new LRUCache<string, State>({ max })
  return {
    forget: () => cache.clear(),
    async load(keys) {
      const found = new Map<string, State>()
      for (const key of keys) {
        const state = cache.get(key)
        if (state) found.set(key, state)
      }
      return found
    },
    async save(changes) {
      for (const { key, state } of changes) {
        if (state === null) cache.delete(key)
        else cache.set(key, state)
      }
    },
  }
}
