import type { Store } from '../../platform/ports/store.ts'
import { decodeErasureMarker, erasureKey } from '../../schema/records/erasure.ts'
import { decodeUserState, type StoredUserState, type UserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { emptyState } from './erasure.ts'
import { loadBuckets } from './event-id-buckets.ts'

/**
 * Reads the stored states of users with all their event ids, and for erased users the content of their erasure marker.
 * @throws Error if event ids of a stored state are missing
 */
export async function loadUserStates(store: Store, keys: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
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
      const olderIds = await loadBuckets(store, key, state.olderDropped ?? 0, olderBuckets)
      if (olderIds) states.set(key, { ...state, olderIds })
      else torn.set(key, { ...state, olderBuckets })
    }),
  )
  const withoutState = keys.filter((key) => !states.has(key))
  for (const [key, erased] of await loadErased(store, withoutState)) {
    // Event ids may be removed before the state is, if the worker ended during an erasure.
    const tornState = torn.get(key)
    if (tornState && writtenAt(tornState) > writtenAt(erased)) continue
    torn.delete(key)
    states.set(key, erased)
  }
  for (const key of torn.keys()) throw new Error(`event_ids: buckets of ${JSON.stringify(key)} are missing`)
  return states
}

const writtenAt = ({ position, epoch }: Pick<UserState, 'position' | 'epoch'>) =>
  writeTimestampOf(position.offset, epoch)

async function loadErased(store: Store, keys: readonly string[]): Promise<[string, UserState][]> {
  if (keys.length === 0) return []
  const rows = await store.get(
    tables.erasureMarkers,
    keys.map((key) => ({ partition: erasureKey(key) })),
  )
  return keys.flatMap((key, n): [string, UserState][] => {
    const bytes = rows[n]
    return bytes === undefined ? [] : [[key, emptyState(key, decodeErasureMarker(bytes))]]
  })
}
