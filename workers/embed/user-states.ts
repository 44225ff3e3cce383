import type { Store } from '../../platform/ports/store.ts'
import { encodeUserState, type UserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates, StateChange, StatePlan, States } from '../runner/stage.ts'
import { hasHistory } from './erasure.ts'
import { droppedBuckets, newBuckets } from './event-id-buckets.ts'
import { loadUserStates } from './load-user-states.ts'
import { UserStateCache } from './user-state-cache.ts'

/**
 * User states in the Store: one row per user, and one per bucket of older event ids, which is written once.
 *
 * @param cache for all partitions, with one limit
 */
export function userStates(store: Store, epoch: number, cache = new UserStateCache()): OpenStates<UserState> {
  let opened = 0
  return () => new OpenedUserStates(store, epoch, cache, `${opened++}/`)
}

class OpenedUserStates implements States<UserState> {
  /** @param prefix of the keys in the cache, so that states of an earlier generation are not found */
  constructor(
    private readonly store: Store,
    private readonly epoch: number,
    private readonly cache: UserStateCache,
    private readonly prefix: string,
  ) {}

  async load(keys: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
    const states = new Map<string, UserState>()
    const missing: string[] = []
    for (const key of keys) {
      const state = this.cache.get(this.prefix + key)
      if (state) states.set(key, state)
      else missing.push(key)
    }
    for (const [key, state] of await loadUserStates(this.store, missing)) {
      states.set(key, state)
      this.cache.set(this.prefix + key, state, null)
    }
    return states
  }

  plan(changes: readonly StateChange<UserState>[]): StatePlan {
    const planned = changes.map((change) => this.planOf(change))
    return {
      // A stored state never lacks a bucket: new buckets are written before it, and dropped ones are removed after it.
      rows: [
        { table: tables.eventIds, rows: planned.flatMap(({ added }) => added) },
        { table: tables.userStates, rows: planned.map(({ row }) => row) },
        { table: tables.eventIds, rows: planned.flatMap(({ dropped }) => dropped) },
      ].filter(({ rows }) => rows.length > 0),
      written: () => {
        for (const { key, state, row } of planned) {
          if (state === null) this.cache.delete(this.prefix + key)
          else this.cache.set(this.prefix + key, state, row.value)
        }
      },
    }
  }

  async save(changes: readonly StateChange<UserState>[]): Promise<void> {
    const { rows, written } = this.plan(changes)
    for (const each of rows) await this.store.put(each.table, each.rows)
    written()
  }

  private planOf(change: StateChange<UserState>) {
    const { key, state, position } = change
    const before = this.cache.withBuckets(this.prefix + key)
    const writeTimestamp = writeTimestampOf(position.offset, this.epoch)
    const value = state !== null && hasHistory(state) ? encodeUserState(state) : null
    return {
      key,
      state,
      added: newBuckets(change, before, writeTimestamp),
      row: { partition: key, value, writeTimestamp },
      dropped: droppedBuckets(change, before, writeTimestamp),
    }
  }
}
