import { LRUCache } from 'lru-cache'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates } from '../runner/stage.ts'

/** Lists held in memory beside the store, in bytes. */
const cachedBytesMax = 32 * 1024 * 1024

/** The stored lists as states of the sink: it writes them itself, as rows, so saving one only keeps it in memory. */
export function listStates(store: Pick<Store, 'get'>): OpenStates<Uint8Array> {
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: cachedBytesMax,
    sizeCalculation: (bytes, key) => bytes.length + key.length + 200,
  })
  let opened = 0

  return () => {
    const life = `${opened++}/`
    return {
      async load(keys) {
        const lists = new Map<string, Uint8Array>()
        const missing: string[] = []
        for (const key of keys) {
          const list = cache.get(life + key)
          if (list) lists.set(key, list)
          else missing.push(key)
        }
        if (missing.length === 0) return lists
        const rows = await store.get(
          tables.listsByUser,
          missing.map((partition) => ({ partition })),
        )
        rows.forEach((bytes, n) => {
          if (bytes) lists.set(missing[n]!, bytes)
        })
        return lists
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
