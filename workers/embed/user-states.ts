import type { Store } from '../../platform/ports/store.ts'
import { decodeErasureMarker, erasureKey } from '../../schema/records/erasure.ts'
import {
  decodeUserState,
  encodeUserState,
  type StoredUserState,
  type UserState,
} from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates, StateChange, StatePlan } from '../runner/stage.ts'
import { emptyState, hasHistory } from './erasure.ts'
import { UserStateCache } from './user-state-cache.ts'

const bucketName = (n: number): string => n.toString(16).padStart(6, '0')

/**
 * User states in the Store: one row a user, and one more per bucket of older event ids, which is written once.
 *
 * @param cache the users held in memory beside the store: one for all partitions, bounded as a whole
 */
export function userStates(store: Store, epoch: number, cache = new UserStateCache()): OpenStates<UserState> {
  let opened = 0

  return () => {
    const life = `${opened++}/`
    const plan = (changes: readonly StateChange<UserState>[]): StatePlan => {
      const buckets = changes.flatMap((change) => newBuckets(change, cache.withBuckets(life + change.key)))
      const states = changes.map(({ key, state, position }) => {
        const value = state !== null && hasHistory(state) ? encodeUserState(state) : null
        return { partition: key, value, writeTimestamp: at(position) }
      })
      const dropped = changes.flatMap((change) => droppedBuckets(change, cache.withBuckets(life + change.key)))
      return {
        // A state that is stored never lacks a bucket: new ones are written before it, and dropped ones removed after it.
        rows: [
          { table: tables.eventIds, rows: buckets },
          { table: tables.userStates, rows: states },
          { table: tables.eventIds, rows: dropped },
        ].filter(({ rows }) => rows.length > 0),
        written() {
          for (const [n, { key, state }] of changes.entries()) {
            if (state === null) cache.delete(life + key)
            else cache.set(life + key, state, states[n]!.value)
          }
        },
      }
    }
    return {
      plan,
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
          cache.set(life + key, state, null)
        }
        return states
      },

      async save(changes) {
        const { rows, written } = plan(changes)
        for (const each of rows) await store.put(each.table, each.rows)
        written()
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
        const olderIds = await loadBuckets(key, olderBuckets, state.olderDropped ?? 0)
        if (olderIds) states.set(key, { ...state, olderIds })
        else torn.set(key, { ...state, olderBuckets })
      }),
    )
    for (const [key, erased] of await loadErased(keys.filter((key) => !states.has(key)))) {
      // The event ids may be gone before the state is: an erasure was under way when its worker died.
      if ((torn.get(key)?.position.offset ?? -1) > erased.position.offset) continue
      torn.delete(key)
      states.set(key, erased)
    }
    for (const key of torn.keys()) throw new Error(`event_ids: buckets of ${JSON.stringify(key)} are missing`)
    return states
  }

  async function loadErased(keys: readonly string[]): Promise<[string, UserState][]> {
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

  async function loadBuckets(key: string, count: number, first: number): Promise<Uint8Array[] | undefined> {
    const buckets: Uint8Array[] = []
    while (buckets.length < count) {
      const next = first + buckets.length
      const after = next === 0 ? undefined : bucketName(next - 1)
      const rows = await store.range(tables.eventIds, key, { limit: count - buckets.length, ...(after && { after }) })
      if (rows.length === 0) return undefined
      buckets.push(...rows.map(({ value }) => value))
    }
    return buckets
  }

  /** Buckets that the stored state cannot have yet. A bucket's content never changes, so writing one again does no harm. */
  function newBuckets({ key, state, position }: StateChange<UserState>, before: UserState | undefined) {
    if (state === null) return []
    const { olderIds, olderDropped: first = 0 } = state
    const shift = first - (before?.olderDropped ?? 0)
    let known = 0
    while (known < olderIds.length && before?.olderIds[known + shift] === olderIds[known]) known++
    return olderIds.slice(known).map((value, n) => {
      return { partition: key, cluster: bucketName(first + known + n), value, writeTimestamp: at(position) }
    })
  }

  function droppedBuckets({ key, state, position }: StateChange<UserState>, before: UserState | undefined) {
    if (state === null || before === undefined) return []
    const { olderDropped: first = 0 } = before
    const count = Math.min((state.olderDropped ?? 0) - first, before.olderIds.length)
    return Array.from({ length: Math.max(0, count) }, (_, n) => {
      return { partition: key, cluster: bucketName(first + n), value: null, writeTimestamp: at(position) }
    })
  }

  function at({ offset }: { offset: number }): bigint {
    return writeTimestampOf(offset, epoch)
  }
}
