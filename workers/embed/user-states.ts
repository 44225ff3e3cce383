import { LRUCache } from 'lru-cache'
import type { Store } from '../../platform/ports/store.ts'
import {
  decodeUserState,
  encodeUserState,
  type StoredUserState,
  type UserState,
} from '../../schema/records/user-state.ts'
import { revisionOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates, StateChange } from '../runner/stage.ts'
import { decodeErasureMarker, emptyState, erasureMarkerKey, hasHistory } from './erasure-marker.ts'

const bucketName = (n: number): string => n.toString(16).padStart(6, '0')

/**
 * User states in the Store: one row a user, and one more per bucket of older event ids, which is written once.
 *
 * @param cachedUsersMax users held in memory beside the store; about 10 kB each at the most
 */
export function userStates(store: Store, epoch: number, cachedUsersMax = 20_000): OpenStates<UserState> {
  const cache = new LRUCache<string, UserState>({ max: cachedUsersMax }) // one for all partitions: bounded as a whole
  let opened = 0

  return () => {
    const life = `${opened++}/`
    return {
      async load(keys) {
        const states = new Map<string, UserState>()
        const missing: string[] = []
        for (const key of keys) {
          const state = cache.get(life + key)
          if (state) states.set(key, state)
          else missing.push(key)
        }
        for (const [key, state] of await loadStates(missing)) {
          states.set(key, state)
          cache.set(life + key, state)
        }
        return states
      },

      async save(changes) {
        const buckets = changes.flatMap((change) => newBuckets(change, cache.get(life + change.key)))
        if (buckets.length > 0) await store.put(tables.eventIds, buckets)
        await store.put(
          tables.userStates,
          changes.map(({ key, state, position }) => ({
            partition: key,
            value: state !== null && hasHistory(state) ? encodeUserState(state) : null,
            writeTimestamp: at(position),
          })),
        )
        for (const { key, state } of changes) {
          if (state === null) cache.delete(life + key)
          else cache.set(life + key, state)
        }
      },
    }
  }

  async function loadStates(keys: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
    if (keys.length === 0) return new Map()
    const rows = await store.get(
      tables.userStates,
      keys.map((partition) => ({ partition })),
    )
    const known = rows.flatMap((bytes, n) => (bytes === undefined ? [] : [{ key: keys[n]!, bytes }]))
    const states = new Map<string, UserState>()
    const torn = new Map<string, StoredUserState>()
    await Promise.all(
      known.map(async ({ key, bytes }) => {
        const { olderBuckets, ...state } = decodeUserState(bytes)
        const olderIds = await loadBuckets(key, olderBuckets)
        if (olderIds) states.set(key, { ...state, olderIds })
        else torn.set(key, { ...state, olderBuckets })
      }),
    )
    for (const [key, grave] of await loadErased(keys.filter((key) => !states.has(key)))) {
      // The event ids may be gone before the state is: an erasure was under way when its worker died.
      if ((torn.get(key)?.position.offset ?? -1) > grave.position.offset) continue
      torn.delete(key)
      states.set(key, grave)
    }
    for (const key of torn.keys()) throw new Error(`event_ids: buckets of ${JSON.stringify(key)} are missing`)
    return states
  }

  async function loadErased(keys: readonly string[]): Promise<[string, UserState][]> {
    if (keys.length === 0) return []
    const rows = await store.get(
      tables.erasures,
      keys.map((key) => ({ partition: erasureMarkerKey(key) })),
    )
    return keys.flatMap((key, n): [string, UserState][] => {
      const bytes = rows[n]
      return bytes === undefined ? [] : [[key, emptyState(key, decodeErasureMarker(bytes))]]
    })
  }

  async function loadBuckets(key: string, count: number): Promise<Uint8Array[] | undefined> {
    const buckets: Uint8Array[] = []
    while (buckets.length < count) {
      const after = buckets.length === 0 ? undefined : bucketName(buckets.length - 1)
      const rows = await store.range(tables.eventIds, key, { limit: count - buckets.length, ...(after && { after }) })
      if (rows.length === 0) return undefined
      buckets.push(...rows.map(({ value }) => value))
    }
    return buckets
  }

  /** Buckets that the stored state cannot have yet. A bucket's content never changes, so writing one again does no harm. */
  function newBuckets({ key, state, position }: StateChange<UserState>, before: UserState | undefined) {
    if (state === null) return []
    const known = before === undefined ? 0 : before.olderIds.filter((bucket, n) => bucket === state.olderIds[n]).length
    return state.olderIds
      .slice(known)
      .map((value, n) => ({ partition: key, cluster: bucketName(known + n), value, writeTimestamp: at(position) }))
  }

  function at({ offset }: { offset: number }): bigint {
    return revisionOf(offset, epoch)
  }
}
