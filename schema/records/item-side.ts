import type { SideDelta } from '../../engine/items/deltas.ts'
import type { SideRow } from '../../engine/items/row.ts'
import { messageOf } from '../app-error.ts'
import { checkVersion, decodeVersioned, encodeVersioned, type PackedIds, packIds, unpackIds } from './codec.ts'
import { type Headers, writerOf } from './headers.ts'
import type { LogPosition } from './placed.ts'

/**
 * A record of topic `side-deltas`: how one event changes one row. `source` is the event's position in topic
 * interactions. A row stores the newest source per partition, so a delta counts once.
 */
export interface SourcedDelta {
  readonly source: LogPosition
  readonly delta: SideDelta
}

/** A record of topic `side-rows`; the topic is also the learn stage's own state. */
export interface StoredSideRow {
  readonly row: SideRow
  /** By partition of topic interactions: the newest offset that is included in the row. */
  readonly sources: Readonly<Record<number, number>>
}

/** Orders the versions of one row: every delta increases one source, so a later version has a greater number. */
export function deltasIn({ sources }: StoredSideRow): number {
  let sum = 0
  for (const offset of Object.values(sources)) sum += offset + 1
  return sum
}

const version = 1
const deltasWhat = 'side-deltas'
const rowsWhat = 'side-rows'

type DeltaFields = readonly [
  partition: number,
  offset: number,
  at: number,
  weight: number,
  newUser: 0 | 1,
  inSession: number,
  ...partners: PackedIds,
  user?: number,
  trend?: readonly number[],
]

/** The row's key is the record's key and not part of the value. */
export function encodeSideDelta({ source, delta }: SourcedDelta): Buffer {
  const { timestamp, weight, newUser, inSession, partners, user, trend } = delta
  const fields = [
    source.partition,
    source.offset,
    timestamp,
    weight,
    newUser,
    inSession,
    ...packIds(partners),
    user ?? 0,
  ]
  return encodeVersioned(version, trend === undefined ? fields : [...fields, trend])
}

export function decodeSideDelta(key: string, bytes: Uint8Array): SourcedDelta {
  const fields = decodeVersioned<DeltaFields>(version, bytes, deltasWhat)
  const [partition, offset, timestamp, weight, newUser, inSession, text, lengths, user, trend] = fields
  const partners = unpackIds([text, lengths])
  const delta = {
    key,
    timestamp,
    weight,
    newUser,
    inSession,
    partners,
    ...(user && { user }),
    ...(trend && { trend: [...trend] }),
  }
  return { source: { partition, offset }, delta }
}

type RowFields = readonly [
  sources: StoredSideRow['sources'],
  at: number,
  events: number,
  users: number,
  firstAt: number,
  trend: number[],
  weights: Uint8Array,
  ...predecessors: PackedIds,
  soleUsers?: Uint8Array,
]

/** After the version: deltasIn, so that the newest record of a key is found without decoding the others. */
const deltasInBytes = 8
/** The first bytes of an encoded row, which encodedDeltasIn reads. */
export const rowHeadBytes = 1 + deltasInBytes

/** The row's key is the record's key and not part of the value. */
export function encodeSideRow(stored: StoredSideRow): Buffer {
  const { lastAt, events, users, firstAt, trend, weights, predecessors, soleUsers } = stored.row
  const fields: unknown[] = [stored.sources, lastAt, events, users, firstAt, trend, weights, ...packIds(predecessors)]
  if (soleUsers) fields.push(soleUsers)
  const bytes = encodeVersioned(version, fields, deltasInBytes)
  bytes.writeDoubleBE(deltasIn(stored), 1)
  return bytes
}

export function decodeSideRow(key: string, bytes: Uint8Array): StoredSideRow {
  const fields = decodeVersioned<RowFields>(version, bytes, rowsWhat, deltasInBytes)
  const [sources, lastAt, events, users, firstAt, trend, weights, text, lengths, soleUsers] = fields
  const predecessors = unpackIds([text, lengths])
  const row = { key, lastAt, events, users, firstAt, trend, weights, predecessors, ...(soleUsers && { soleUsers }) }
  return { row, sources }
}

/** deltasIn of an encoded row, without decoding it. @throws Error for another format version */
export function encodedDeltasIn(bytes: Uint8Array): number {
  checkVersion(version, bytes, rowsWhat)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(1)
}

/**
 * Returns why a record of topic side-rows cannot be read, if no learn stage wrote it: one such record must not stop the
 * processes that follow the topic. Undefined for all other records. One of a learn stage of another release is not
 * foreign: reading it throws, since a row may not be left out (docs/upgrade.md).
 */
export function whyForeign({ key, value, headers }: SideRowRecord): string | undefined {
  if (value === null || writerOf(headers) !== undefined) return undefined
  try {
    encodedDeltasIn(value)
    decodeSideRow(key, value)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

interface SideRowRecord {
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Headers
}
