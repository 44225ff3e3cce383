import type { Store } from '../../platform/ports/store.ts'
import { otherTopic } from '../../platform/require-same-topic.ts'
import { encodeUserState, type UserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates, StateChange, StatePlan, States } from '../runner/stage.ts'
import { hasHistory } from './erasure.ts'
import { droppedBuckets, newBuckets } from './event-id-buckets.ts'
import { loadUserStates } from './load-user-states.ts'
import { UserStateCache } from './user-state-cache.ts'

interface Options {
  readonly store: Store
  readonly epoch: number
  /** For all partitions, with one limit. */
  readonly cache?: UserStateCache
  /** The offset after the newest record of a partition of topic interactions. Default: it is not checked. */
  readonly endOffset?: (partition: number) => Promise<number>
}

/** User states in the Store: one row per user, and one per bucket of older event ids, which is written once. */
export function userStates({ cache = new UserStateCache(), ...options }: Options): OpenStates<UserState> {
  let opened = 0
  return (partition) => new OpenedUserStates({ cache, ...options }, partition, `${opened++}/`)
}

class OpenedUserStates implements States<UserState> {
  private readonly store: Store
  private readonly epoch: number
  private readonly cache: UserStateCache
  /** The end of the partition when it was last asked for. */
  private end = 0

  /** @param prefix of the keys in the cache, so that states of an earlier generation are not found */
  constructor(
    private readonly options: Options & { readonly cache: UserStateCache },
    private readonly partition: number,
    private readonly prefix: string,
  ) {
    this.store = options.store
    this.epoch = options.epoch
    this.cache = options.cache
  }

  async load(keys: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
    const states = new Map<string, UserState>()
    const missing: string[] = []
    for (const key of keys) {
      const state = this.cache.get(this.prefix + key)
      if (state) states.set(key, state)
      else missing.push(key)
    }
    const stored = await loadUserStates(this.store, missing)
    await this.requireWithinTopic(stored.values())
    for (const [key, state] of stored) {
      states.set(key, state)
      this.cache.set(this.prefix + key, state, null)
    }
    return states
  }

  /**
   * A state contains no record at or after the end of the topic, unless the topic was recreated or has lost its newest
   * records. New records would then be skipped as records that the state contains.
   *
   * @throws Error in that case, so that the stage stops at the record and its lag shows it
   */
  private async requireWithinTopic(states: Iterable<UserState>): Promise<void> {
    const { endOffset } = this.options
    if (endOffset === undefined) return
    for (const { position, epoch = 0 } of states) {
      const { partition, offset } = position
      if (epoch !== this.epoch || partition !== this.partition || offset < this.end) continue
      this.end = await endOffset(partition)
      if (offset >= this.end) throw otherTopic({ partition, end: this.end, made: 'the state of a user', offset, epoch })
    }
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
