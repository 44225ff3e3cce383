import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit } from './stage.ts'

/** The record as it was, with where it came from and why it was set aside in its headers. */
export function toDeadLetter(stage: string, record: StoredRecord, error: unknown): Emit {
  const { value } = record
  return {
    topic: topics.deadLetter,
    key: record.key,
    value: value === null ? null : () => value,
    headers: {
      ...record.headers,
      'dead-stage': stage,
      'dead-topic': record.topic,
      'dead-partition': String(record.partition),
      'dead-offset': String(record.offset),
      'dead-reason': messageOf(error).slice(0, 1000),
    },
  }
}
