import type { HistoryEntry, UserProfile } from '../../engine/user/profile.ts'
import { type PackedAttention, packAttention, unpackAttention } from './attention.ts'
import type { BackfillMarks } from './backfill.ts'
import {
  decodeVersioned,
  encodeVersioned,
  type PackedIds,
  packDoubles,
  packIds,
  unpackDoubles,
  unpackIds,
  withOptionalFields,
} from './codec.ts'
import { type DetailFields, packDetails, unpackDetails } from './event-details.ts'
import { type PackedGoals, packGoals, type UserGoals, unpackGoals } from './goals.ts'
import { eventTypes } from './interaction.ts'
import type { LogPosition } from './placed.ts'

/**
 * All data that the embed stage keeps of one user: a row of user_states and, for older event ids, rows of event_ids.
 */
export interface UserState {
  /** The newest record of topic interactions that was applied. */
  readonly position: LogPosition
  /**
   * PICKSTREAM_EPOCH of the worker that stored the state. Positions of different epochs cannot be compared
   * (workers/embed/state-epoch.ts). Default: 0.
   */
  readonly epoch?: number
  /** The newest one that changed something. */
  readonly changed: number
  readonly causedByEventId: string | null
  /** The item of that event if it is a held-out target: positive feedback on an item new to the user. Else null. */
  readonly heldOutItem: string | null
  readonly profile: UserProfile
  /** 8-byte hashes of the newest event ids that counted, oldest first. */
  readonly recentIds: Uint8Array
  /** The older ones, in buckets of 128 hashes, each a row of event_ids. */
  readonly olderIds: readonly Uint8Array[]
  /** Number of buckets that were dropped before the first of `olderIds`. Default 0. */
  readonly olderDropped?: number
  /** Guests that were merged into this user, newest last. */
  readonly adopted: readonly LogPosition[]
  readonly backfill?: BackfillMarks
  /** For each partition from which records of the user were forwarded: the newest one that was applied. */
  readonly forwarded?: readonly LogPosition[]
  /** The newest record that changed something and is not an impression. Default: `changed`. */
  readonly acted?: number | undefined
  /** Counts for experiments and placements. Default: none. */
  readonly goals?: UserGoals
}

/** As stored: with the number of older ids instead of the ids. */
export interface StoredUserState extends Omit<UserState, 'olderIds'> {
  readonly olderBuckets: number
}

const goalsBytes = ({ touches, arms, purchases, lists }: UserGoals): number =>
  touches.length * 300 + arms.length * 250 + purchases.length * 450 + lists.length * 60

/** Returns the approximate memory of a state in bytes, from the lengths of its lists, with 80 bytes per id string. */
export function userStateBytes({ profile, recentIds, olderIds, goals }: UserState): number {
  const { history, seen, attention = [] } = profile
  const goalBytes = goals ? goalsBytes(goals) : 0
  const shownBytes = attention.reduce((sum, { shownAt }) => sum + 200 + shownAt.length * 8, 0)
  return (
    1000 +
    history.length * 300 +
    seen.ids.length * 90 +
    shownBytes +
    goalBytes +
    recentIds.length +
    olderIds.length * 1200
  )
}

const version = 1
const what = 'user_states'

type Fields = readonly [
  position: readonly [partition: number, offset: number],
  changed: number,
  causedByEventId: string | null,
  heldOutItem: string | null,
  recentIds: Uint8Array,
  olderBuckets: number,
  adopted: readonly LogPosition[],
  profile: ProfileFields,
  history: HistoryFields,
  backfill?: readonly [applied: number, erasedBefore: number] | null,
  forwarded?: readonly LogPosition[] | null,
  olderDropped?: number,
  attention?: PackedAttention | null,
  acted?: number | null,
  goals?: PackedGoals | null,
  epoch?: number,
]

type ProfileFields = readonly [
  userId: string,
  seq: number,
  events: number,
  seen: PackedIds,
  seenCounts: readonly number[],
  vector: Uint8Array | null,
  modelVersion: number,
]

/** The history in columns; values and quantities only if they are not the default, by their index. */
type HistoryFields = readonly [
  seqs: Uint8Array,
  eventIds: PackedIds,
  itemIds: PackedIds,
  types: Uint8Array,
  ats: Uint8Array,
  values: readonly (readonly [place: number, value: number])[],
  quantities: readonly (readonly [place: number, quantity: number])[],
  details?: readonly (readonly [place: number, details: DetailFields])[],
]

export function encodeUserState(state: UserState): Buffer {
  const { position, epoch, changed, causedByEventId, heldOutItem, recentIds, olderIds, adopted, profile } = state
  const { userId, seq, events, seen, vector, modelVersion, history } = profile
  const fields: Fields = [
    [position.partition, position.offset],
    changed,
    causedByEventId,
    heldOutItem,
    recentIds,
    olderIds.length,
    adopted,
    [userId, seq, events, packIds(seen.ids), seen.counts, vector, modelVersion],
    toColumns(history),
  ]
  const { backfill, forwarded, olderDropped, acted, goals } = state
  const marks = backfill ? ([backfill.applied, backfill.erasedBefore] as const) : null
  const attention = profile.attention && packAttention(profile.attention)
  const optional = [marks, forwarded, olderDropped || null, attention, acted, goals && packGoals(goals), epoch || null]
  return encodeVersioned(version, withOptionalFields(fields, optional))
}

export function decodeUserState(bytes: Uint8Array): StoredUserState {
  const fields = decodeVersioned<Fields>(version, bytes, what)
  const [[partition, offset], changed, causedByEventId, heldOutItem, recentIds, olderBuckets, adopted, profile] = fields
  const [userId, seq, events, seen, counts, vector, modelVersion] = profile
  const history = fromColumns(fields[8])
  return {
    position: { partition, offset },
    changed,
    causedByEventId,
    heldOutItem,
    recentIds: recentIds.slice(), // a view would keep the whole row in memory
    olderBuckets,
    adopted,
    ...(fields[9] && { backfill: { applied: fields[9][0], erasedBefore: fields[9][1] } }),
    ...(fields[10] && { forwarded: fields[10] }),
    ...(fields[11] && { olderDropped: fields[11] }),
    ...(fields[13] != null && { acted: fields[13] }),
    ...(fields[14] && { goals: unpackGoals(fields[14]) }),
    ...(fields[15] && { epoch: fields[15] }),
    profile: {
      userId,
      seq,
      events,
      seen: { ids: unpackIds(seen), counts: [...counts] },
      vector,
      modelVersion,
      history,
      ...(fields[12] && { attention: unpackAttention(fields[12]) }),
    },
  }
}

function toColumns(history: readonly HistoryEntry[]): HistoryFields {
  const count = history.length
  const seqs = new Array<number>(count)
  const ats = new Array<number>(count)
  const eventIds = new Array<string>(count)
  const itemIds = new Array<string>(count)
  const types = new Uint8Array(count)
  const values: [number, number][] = []
  const quantities: [number, number][] = []
  const details: [number, DetailFields][] = []
  for (let k = 0; k < count; k++) {
    const entry = history[k]!
    seqs[k] = entry.seq
    ats[k] = entry.timestamp
    eventIds[k] = entry.eventId
    itemIds[k] = entry.itemId
    types[k] = eventTypes.indexOf(entry.type)
    if (entry.value !== null) values.push([k, entry.value])
    if (entry.quantity !== 1) quantities.push([k, entry.quantity])
    const packed = packDetails(entry)
    if (packed) details.push([k, packed])
  }
  const ids = [packIds(eventIds), packIds(itemIds)] as const
  const columns = [packDoubles(seqs), ...ids, types, packDoubles(ats), values, quantities] as const
  return details.length === 0 ? columns : [...columns, details]
}

function fromColumns(fields: HistoryFields): HistoryEntry[] {
  const [seqs, eventIds, itemIds, types, ats, values, quantities, details = []] = fields
  const seq = unpackDoubles(seqs)
  const at = unpackDoubles(ats)
  const itemId = unpackIds(itemIds)
  const history = unpackIds(eventIds).map(
    (eventId, k): HistoryEntry => ({
      seq: seq[k]!,
      eventId,
      itemId: itemId[k]!,
      type: eventTypes[types[k]!]!,
      value: null,
      quantity: 1,
      timestamp: at[k]!,
    }),
  )
  for (const [place, value] of values) history[place]!.value = value
  for (const [place, quantity] of quantities) history[place]!.quantity = quantity
  for (const [place, packed] of details) Object.assign(history[place]!, unpackDetails(packed))
  return history
}
