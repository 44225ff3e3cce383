import type { HistoryEntry, UserProfile } from '../../engine/user/profile.ts'
import { decodeVersioned, encodeVersioned } from './codec.ts'
import { eventTypes } from './interaction.ts'
import type { LogPosition } from './picks.ts'

/** All the embed stage keeps of one user: a row of user_states (and, for the oldest event ids, of event_ids). */
export interface UserState {
  /** The newest record of topic interactions that was applied. */
  readonly position: LogPosition
  /** The newest one that changed something. */
  readonly changed: number
  readonly causedByEventId: string | null
  /** The item of that event, where it is what a good list would have foreseen: wanted, and new to the user. */
  readonly foreseeable: string | null
  readonly profile: UserProfile
  /** 8-byte hashes of the newest event ids that counted, oldest first. */
  readonly recentIds: Uint8Array
  /** The older ones, in buckets of 128 hashes, each a row of event_ids. */
  readonly olderIds: readonly Uint8Array[]
  /** Guests this user was, newest last. */
  readonly adopted: readonly LogPosition[]
}

/** As stored: without the older ids, with their number. */
export interface StoredUserState extends Omit<UserState, 'olderIds'> {
  readonly olderBuckets: number
}

const version = 1

/** The history in columns: a third of the size and of the time of one map an entry. */
interface Columns {
  q: number[]
  e: string[]
  i: string[]
  t: Uint8Array
  v: (number | null)[]
  n: number[]
  a: number[]
}

export function encodeUserState(state: UserState): Uint8Array {
  const { olderIds, profile, ...rest } = state
  const { history, ...plain } = profile
  return encodeVersioned(version, {
    ...rest,
    olderBuckets: olderIds.length,
    profile: plain,
    history: toColumns(history),
  })
}

export function decodeUserState(bytes: Uint8Array): StoredUserState {
  const { history, profile, ...rest } = decodeVersioned<
    Omit<StoredUserState, 'profile'> & { profile: Omit<UserProfile, 'history'>; history: Columns }
  >(version, bytes, 'user_states')
  return { ...rest, profile: { ...profile, history: fromColumns(history) } }
}

function toColumns(history: readonly HistoryEntry[]): Columns {
  const columns: Columns = { q: [], e: [], i: [], t: new Uint8Array(history.length), v: [], n: [], a: [] }
  for (let k = 0; k < history.length; k++) {
    const entry = history[k]
    columns.q.push(entry.seq)
    columns.e.push(entry.eventId)
    columns.i.push(entry.itemId)
    columns.t[k] = eventTypes.indexOf(entry.type)
    columns.v.push(entry.value)
    columns.n.push(entry.quantity)
    columns.a.push(entry.at)
  }
  return columns
}

function fromColumns({ q, e, i, t, v, n, a }: Columns): HistoryEntry[] {
  return q.map((seq, k) => ({
    seq,
    eventId: e[k],
    itemId: i[k],
    type: eventTypes[t[k]],
    value: v[k],
    quantity: n[k],
    at: a[k],
  }))
}
