import { createHash } from 'node:crypto'
import { formatRevision, revisionOf } from '../revision.ts'
import { decodeVersioned, type PackedIds, packIds, unpackIds } from './codec.ts'
import { type EventType, eventTypes } from './interaction.ts'
import { decodePlacedFields, encodePlaced, type LogPosition, type Placed, placedAt, placeOf } from './placed.ts'

export type TrendWindow = 'HOUR' | 'DAY' | 'WEEK'

/** Why an item is in a list. */
export type PickReason =
  | { readonly kind: 'because'; readonly itemId: string; readonly eventType: EventType }
  | { readonly kind: 'popular'; readonly window: TrendWindow }
  | { readonly kind: 'taste'; readonly categories: readonly string[] }
  | { readonly kind: 'new'; readonly publishedAt: number | null }
  /** A rule of the shop puts it there. */
  | { readonly kind: 'pinned' }

export interface RankedItem {
  readonly itemId: string
  readonly score: number
  readonly reason: PickReason
}

/** One user's list: a record of topic `picks` and a row of picks_by_user. Best first. `changed` makes the revision. */
export interface Picks extends Placed {
  /** By the worker's clock. */
  readonly computedAt: number
  /** By the log's time: what `now` was when it was ranked. */
  readonly rankedAt: number
  readonly modelVersion: number
  readonly causedByEventId: string | null
  /** The item that the list before this one should have held: what the quality stage scores. */
  readonly foreseeable: string | null
  readonly personalized: boolean
  /** The experiment's variant that ranked it, where there is one. */
  readonly variant: string | null
  /** Where the guests' identify records stood whose events are in here, newest last, the last few only. */
  readonly adopted: readonly LogPosition[]
  /** What the user has not bought, rated or dismissed. */
  readonly fresh: readonly RankedItem[]
  /** What the user has, for includeSeen: true; merged with `fresh` by score. */
  readonly seen: readonly RankedItem[]
}

export const picksRevision = (picks: Picks): bigint => revisionOf(picks.changed, picks.epoch)

/** The write timestamp of the row: newer positions win even where the list itself is the same. */
export const picksWrittenAt = (picks: Picks): bigint => revisionOf(picks.position.offset, picks.epoch)

/** The variant of the list an id names, or null. */
export const variantOf = (recommendationId: string): string | null => recommendationId.split('.')[2] ?? null

/** The id of a list: names user, revision; the same on every replay, and says nothing of the user. */
export function recommendationIdOf(userId: string, picks: Picks): string {
  const revision = formatRevision(picksRevision(picks))
  const user = createHash('sha256').update(userId).digest('base64url').slice(0, 8)
  return picks.variant === null ? `${revision}.${user}` : `${revision}.${user}.${picks.variant}`
}

const version = 2
const what = 'picks'

type Fields = readonly [
  computedAt: number,
  rankedAt: number,
  modelVersion: number,
  causedByEventId: string | null,
  foreseeable: string | null,
  personalized: boolean,
  variant: string | null,
  adopted: readonly number[],
  fresh: Columns,
  seen: Columns,
]

/**
 * Ids, scores as float32, and for each item which of the list's distinct reasons is its: few reasons stand in a list. A
 * list of 120 takes about 2 kB.
 */
type Columns = readonly [...ids: PackedIds, scores: Uint8Array, reasonOf: Uint8Array, reasons: readonly Reason[]]
type Reason = readonly [kind: number, detail: unknown, eventType?: number]

const kinds = ['because', 'popular', 'taste', 'new', 'pinned'] as const

export function encodePicks(picks: Picks): Buffer {
  const { computedAt, rankedAt, modelVersion, causedByEventId, foreseeable, personalized, variant } = picks
  return encodePlaced(version, picks, [
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    foreseeable,
    personalized,
    variant,
    picks.adopted.flatMap(({ partition, offset }) => [partition, offset]),
    toColumns(picks.fresh),
    toColumns(picks.seen),
  ] satisfies Fields)
}

/** Reads versions 1 and 2. */
export function decodePicks(bytes: Uint8Array): Picks {
  if (bytes[0] === 1) return decodePicksV1(bytes)
  const fields = decodePlacedFields<Fields>(version, bytes, what)
  const [computedAt, rankedAt, modelVersion, causedByEventId, foreseeable, personalized, variant, adopted] = fields
  return {
    ...placeOf(bytes),
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    foreseeable,
    personalized,
    variant,
    adopted: Array.from({ length: adopted.length / 2 }, (_, n) => ({
      partition: adopted[2 * n],
      offset: adopted[2 * n + 1],
    })),
    fresh: fromColumns(fields[8]),
    seen: fromColumns(fields[9]),
  }
}

/** picksWrittenAt of an encoded list, without decoding it. */
export const encodedPicksWrittenAt = (bytes: Uint8Array): bigint =>
  bytes[0] === version ? placedAt(bytes) : picksWrittenAt(decodePicks(bytes))

/** At most this many distinct reasons have a number of one byte; the places of a longer table take two. */
const narrowMax = 256

function toColumns(list: readonly RankedItem[]): Columns {
  const scores = new Float32Array(list.length)
  const wide = new Uint16Array(list.length)
  const reasons: Reason[] = []
  const ids: string[] = []
  const numbers = new Map<PickReason | string, number>()
  const numberOf = (reason: PickReason): number => {
    const fields = toFields(reason)
    const name = JSON.stringify(fields)
    let number = numbers.get(name)
    if (number === undefined) numbers.set(name, (number = reasons.push(fields) - 1))
    numbers.set(reason, number) // most picks share theirs with others
    return number
  }
  for (let n = 0; n < list.length; n++) {
    const { itemId, score, reason } = list[n]
    ids.push(itemId)
    scores[n] = score
    wide[n] = numbers.get(reason) ?? numberOf(reason)
  }
  const reasonOf = reasons.length <= narrowMax ? Uint8Array.from(wide) : new Uint8Array(wide.buffer)
  return [...packIds(ids), new Uint8Array(scores.buffer), reasonOf, reasons]
}

function toFields(reason: PickReason): Reason {
  const kind = kinds.indexOf(reason.kind)
  if (reason.kind === 'because') return [kind, reason.itemId, eventTypes.indexOf(reason.eventType)]
  if (reason.kind === 'popular') return [kind, reason.window]
  if (reason.kind === 'taste') return [kind, reason.categories]
  return [kind, reason.kind === 'new' ? reason.publishedAt : null]
}

function fromColumns([text, lengths, scores, reasonOf, table]: Columns): RankedItem[] {
  const score = new DataView(scores.buffer, scores.byteOffset, scores.byteLength)
  const reasons = table.map(([kind, detail, eventType]) => toReason(kinds[kind], detail, eventTypes[eventType ?? 0]))
  const wide = reasons.length > narrowMax ? new Uint16Array(reasonOf.slice().buffer) : reasonOf
  return unpackIds([text, lengths]).map((itemId, n) => ({
    itemId,
    score: score.getFloat32(n * 4, true),
    reason: reasons[wide[n]],
  }))
}

function toReason(kind: (typeof kinds)[number], detail: unknown, eventType: EventType): PickReason {
  switch (kind) {
    case 'because':
      return { kind, itemId: detail as string, eventType }
    case 'popular':
      return { kind, window: detail as TrendWindow }
    case 'taste':
      return { kind, categories: detail as string[] }
    case 'new':
      return { kind, publishedAt: detail as number | null }
    case 'pinned':
      return { kind }
  }
}

/** As written by releases before version 2: one map, and one detail an item. */
function decodePicksV1(bytes: Uint8Array): Picks {
  const raw = decodeVersioned<
    Omit<Picks, 'position' | 'adopted' | 'fresh' | 'seen'> & {
      position: [number, number]
      adopted: [number, number][]
      fresh: ColumnsV1
      seen: ColumnsV1
    }
  >(1, bytes, what)
  return {
    ...raw,
    position: { partition: raw.position[0], offset: raw.position[1] },
    adopted: raw.adopted.map(([partition, offset]) => ({ partition, offset })),
    fresh: fromColumnsV1(raw.fresh),
    seen: fromColumnsV1(raw.seen),
  }
}

interface ColumnsV1 {
  i: string[]
  s: Uint8Array
  k: Uint8Array
  r: unknown[]
}

function fromColumnsV1({ i, s, k, r }: ColumnsV1): RankedItem[] {
  const scores = new DataView(s.buffer, s.byteOffset, s.byteLength)
  return i.map((itemId, n) => {
    const [detail, eventType] = kinds[k[n]] === 'because' ? (r[n] as [string, EventType]) : [r[n], eventTypes[0]]
    return { itemId, score: scores.getFloat32(n * 4, true), reason: toReason(kinds[k[n]], detail, eventType) }
  })
}
