import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import { deadLetterHeaders, withoutDeadLetterHeaders } from '../../schema/records/headers.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit } from './stage.ts'

/**
 * Maximum size of the record in a dead letter. With the additional headers, a record of the brokers' maximum size would
 * be too large, and a dead letter that cannot be written would stop its partition.
 */
const valueBytesMax = 512 * 1024
const keyCharsMax = 1024
const headerCharsMax = 16 * 1024
const reasonCharsMax = 1000

/** The record, with its source and the reason in its headers; cut if it is too large. */
export function toDeadLetter(stage: string, record: StoredRecord, error: unknown): Emit {
  const { key, value, headers, undecodable } = record
  const isHeavy = charsOf(headers) > headerCharsMax
  const isCut = isHeavy || key.length > keyCharsMax || (value !== null && value.length > valueBytesMax)
  return {
    topic: topics.deadLetter,
    key: cutText(key, keyCharsMax),
    value: value === null ? null : () => value.subarray(0, valueBytesMax),
    headers: {
      ...(isHeavy ? {} : withoutDeadLetterHeaders(headers)),
      ...deadLetterHeaders({
        stage,
        topic: record.topic,
        partition: String(record.partition),
        offset: String(record.offset),
        reason: cutText(messageOf(error), reasonCharsMax),
        // A record that is not whole cannot be replayed.
        ...((isCut || undecodable !== undefined) && { cut: undecodable === undefined ? 'too large' : 'batch' }),
      }),
    },
  }
}

const charsOf = (headers: Readonly<Record<string, string>>): number =>
  Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + text.length, 0)
