import { LRUCache } from 'lru-cache'
import { atMost } from '../../platform/at-most.ts'
import type { OpenStates } from './stage.ts'

/**
 * State that may be lost: of recently used users, in this process only. For metrics, never for decisions that are
 * stored.
 */
export function memoryStates<State extends object>(max: number): OpenStates<State> {
  const cache = new LRUCache<string, State>(atMost(max))
  let opened = 0

  return () => {
    const life = `${opened++}/`
    return {
      async load(keys) {
        const found = new Map<string, State>()
        for (const key of keys) {
          const state = cache.get(life + key)
          if (state) found.set(key, state)
        }
        return found
      },
      async save(changes) {
        for (const { key, state } of changes) {
          if (state === null) cache.delete(life + key)
          else cache.set(life + key, state)
        }
      },
    }
  }
}
