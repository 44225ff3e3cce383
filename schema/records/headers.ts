import { cutJson } from '../cut-text.ts'
import { writeTimestampOf } from '../revision.ts'
import type { LogPosition } from './placed.ts'
import { RecordError } from './record-error.ts'

/**
 * Every header that Pickstream writes to a record. Only this file reads headers. Other services write topics
 * `interactions` and `items`, so a header may contain anything, and each reader below validates it. A header that is
 * only measured (`born`, `traceparent`) is undefined if it is not valid. A header that affects data (`offset`, `epoch`)
 * makes the record a dead letter.
 */
export type Headers = Readonly<Record<string, string>>

const names = {
  /** When the server accepted the event, ms since 1970. */
  born: 'born',
  /** W3C Trace Context of an event that is traced. */
  traceparent: 'traceparent',
  /** The process that wrote an item-side row. */
  writer: 'writer',
  /** The position in topic interactions of the record that erased a user. */
  partition: 'partition',
  offset: 'offset',
  epoch: 'epoch',
  /** On such a tombstone: up to where the user's records of topic interactions.backfill are applied or erased. */
  backfillApplied: 'backfill-applied',
  /** Position of the record in topic interactions.backfill from which it was copied. */
  backfill: 'backfill',
  bulk: 'bulk',
  /** Position of the record in topic interactions before it was copied to its user's partition. */
  forwarded: 'forwarded-from',
  /** Authenticates `backfill` and `forwarded-from`: schema/records/record-authenticator.ts. */
  copyMac: 'copy-mac',
  /** Authenticates a record of an internal kind: schema/records/record-authenticator.ts. */
  internalMac: 'internal-mac',
  /** On a user vector: the newest record of topic interactions in it that is not an impression. */
  acted: 'acted',
} as const

const dead = {
  stage: 'dead-stage',
  topic: 'dead-topic',
  partition: 'dead-partition',
  offset: 'dead-offset',
  reason: 'dead-reason',
  cut: 'dead-cut',
} as const

/** Headers of a record that the server or the demo accepts. @param now ms since 1970 */
export const originHeaders = (now: number, traceparent?: string): Record<string, string> => ({
  [names.born]: String(now),
  ...(traceparent !== undefined && { [names.traceparent]: traceparent }),
})

/**
 * Headers of a record that follows from another one: its valid `born` and `traceparent`, and nothing else.
 * @param traceparent instead of the other record's, if a span of this process comes between
 */
export function inheritedHeaders(headers: Headers, traceparent = traceparentOf(headers)): Headers | undefined {
  const born = bornOf(headers)
  if (born === undefined && traceparent === undefined) return undefined
  return {
    ...(born !== undefined && { [names.born]: String(born) }),
    ...(traceparent !== undefined && { [names.traceparent]: traceparent }),
  }
}

/** @returns ms since 1970; undefined if the header is missing or is not a time */
export function bornOf(headers: Headers): number | undefined {
  const text = own(headers, names.born)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Maximum age: a wrong clock must not shift a sum by decades. */
export const ageMsMax = 3_600_000

/** @returns age of the record, 0..ageMsMax ms; undefined if it is not known */
export function ageMsOf(headers: Headers, now: number): number | undefined {
  const born = bornOf(headers)
  return born === undefined ? undefined : Math.min(Math.max(Math.round(now - born), 0), ageMsMax)
}

/** @returns undefined if the header is missing, not valid, or says that the trace is not sampled (flag 01) */
export function traceparentOf(headers: Headers): string | undefined {
  const text = own(headers, names.traceparent)
  return text !== undefined && parseTraceparent(text) !== undefined ? text : undefined
}

/** W3C Trace Context, version 00. @returns undefined unless it is valid and sampled (flag 01) */
export function parseTraceparent(text: string): { traceId: string; spanId: string } | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]([13579bdf])$/.exec(text)
  return match ? { traceId: match[1]!, spanId: match[2]! } : undefined
}

export const writerHeaders = (writer: string): Headers => ({ [names.writer]: writer })

export const writerOf = (headers: Headers): string | undefined => own(headers, names.writer)

/**
 * Headers of a tombstone on topics user-vectors and lists: the position of the record that erased the user.
 * @param backfilled offset in topic interactions.backfill before which all records of the user are applied; -1: none
 */
export const erasureHeaders = (
  { partition, offset }: LogPosition,
  epoch: number,
  backfilled = -1,
): Record<string, string> => ({
  [names.partition]: String(partition),
  [names.offset]: String(offset),
  [names.epoch]: String(epoch),
  ...(backfilled >= 0 && { [names.backfillApplied]: String(backfilled) }),
})

export interface Erasure {
  readonly position: LogPosition
  readonly epoch: number
  /** As erasureHeaders was given it. */
  readonly backfilled: number
}

/** @throws RecordError if a tombstone does not contain the position of the erasure */
export function erasureOf(headers: Headers): Erasure {
  return {
    position: {
      partition: wholeNumber(headers, names.partition, 0),
      offset: wholeNumber(headers, names.offset),
    },
    epoch: wholeNumber(headers, names.epoch, 0),
    backfilled: erasedBackfill(headers),
  }
}

/** The `backfilled` passed to erasureHeaders. @throws RecordError if the header exists and is not an offset */
export const erasedBackfill = (headers: Headers): number => wholeNumber(headers, names.backfillApplied, -1)

/** Headers of a record of topic history: PICKSTREAM_EPOCH of the stage that wrote it. */
export const epochHeaders = (epoch: number): Headers => ({ [names.epoch]: String(epoch) })

/**
 * The epoch passed to epochHeaders; undefined if a stage of an earlier release wrote the record.
 * @throws RecordError if the header exists and is not an epoch
 */
export const epochIn = (headers: Headers): number | undefined =>
  own(headers, names.epoch) === undefined ? undefined : wholeNumber(headers, names.epoch)

/** The revision of an erasure: every list with a smaller one is older. @throws RecordError as erasureOf */
export function erasedAt(headers: Headers): bigint {
  const { position, epoch } = erasureOf(headers)
  return writeTimestampOf(position.offset, epoch)
}

/** The position from which a record of topic `interactions` was copied. */
export interface CopySource {
  /** `backfill`: topic `interactions.backfill`. `forwarded`: another partition of topic `interactions`. */
  readonly kind: 'backfill' | 'forwarded'
  readonly position: LogPosition
}

/** @param mac made by RecordAuthenticator, the only caller */
export const copyHeaders = ({ kind, position: { partition, offset } }: CopySource, mac: string): Headers => ({
  [names[kind]]: `${partition}/${offset}`,
  [names.copyMac]: mac,
})

/** The source that a record names, and the proof of it. Any client of the log may write both. */
export interface CopyClaim extends CopySource {
  readonly mac: string
}

/** @returns undefined if the record does not claim to be a copy */
export function copyClaimOf(headers: Headers): CopyClaim | undefined {
  const mac = own(headers, names.copyMac) ?? ''
  for (const kind of ['forwarded', 'backfill'] as const) {
    const position = placeIn(headers, names[kind])
    if (position !== undefined) return { kind, position, mac }
  }
  return undefined
}

export const internalMacHeader = names.internalMac

/** @param mac made by RecordAuthenticator */
export const internalHeaders = (mac: string): Headers => ({ [names.internalMac]: mac })

export const internalMacOf = (headers: Headers): string | undefined => own(headers, names.internalMac)

/**
 * On records of large calls, and on records of internal topics that follow from these or from a backfill: no reader
 * waits for them.
 */
export const bulkHeaders: Headers = { [names.bulk]: '1' }

/** Whether the record is of a large call or of a backfill, or follows from one. */
export const isBulk = (headers: Headers): boolean =>
  own(headers, names.bulk) === '1' || copyClaimOf(headers)?.kind === 'backfill'

/**
 * Headers of a user vector. @param acted offset in topic interactions of its newest record that is not an impression
 */
export const actedHeaders = (acted: number): Headers => ({ [names.acted]: String(acted) })

/** The `acted` passed to actedHeaders; undefined if the header is missing or is not an offset. */
export function actedAt(headers: Headers): number | undefined {
  const text = own(headers, names.acted)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The headers of a dead letter about the record that could not be processed. */
export interface DeadLetterOrigin {
  readonly stage: string
  readonly topic: string
  readonly partition: string
  readonly offset: string
  readonly reason: string
  /** Why the value is not the whole record and cannot be replayed; undefined if it is the whole record. */
  readonly cut?: string
}

export const deadLetterHeaders = ({ cut, ...origin }: DeadLetterOrigin): Headers => ({
  [dead.stage]: origin.stage,
  [dead.topic]: origin.topic,
  [dead.partition]: origin.partition,
  [dead.offset]: origin.offset,
  [dead.reason]: origin.reason,
  ...(cut !== undefined && { [dead.cut]: cut }),
})

/** Missing parts are empty, because any client of the log may write to the dead-letter topic. */
export const deadLetterOriginOf = (headers: Headers): DeadLetterOrigin => ({
  stage: own(headers, dead.stage) ?? '',
  topic: own(headers, dead.topic) ?? '',
  partition: own(headers, dead.partition) ?? '',
  offset: own(headers, dead.offset) ?? '',
  reason: own(headers, dead.reason) ?? '',
  cut: own(headers, dead.cut),
})

/**
 * Headers with which a dead letter is written again: those of the record, without the position from which it was
 * forwarded. It is a new record, and records that followed it at that position may have been applied meanwhile.
 */
export function withoutDeadLetterHeaders(headers: Headers): Headers {
  const dropped: ReadonlySet<string> = new Set([...Object.values(dead), names.forwarded])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

/** @returns undefined if the header is missing or is not `partition/offset` */
function placeIn(headers: Headers, name: string): LogPosition | undefined {
  const [, partition, offset] = /^(\d{1,9})\/(\d{1,15})$/.exec(own(headers, name) ?? '') ?? []
  return offset === undefined ? undefined : { partition: Number(partition), offset: Number(offset) }
}

function wholeNumber(headers: Headers, name: string, missing?: number): number {
  const text = own(headers, name)
  if (text === undefined && missing !== undefined) return missing
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text)
  throw new RecordError(`header ${name}: expected a whole number, got ${cutJson(text, 100)}`)
}

const own = (headers: Headers, name: string): string | undefined =>
  Object.hasOwn(headers, name) ? headers[name] : undefined
