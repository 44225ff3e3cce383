import type { EventLog, LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import type { TraceSpan } from '../../platform/tracing.ts'
import { backfilledFrom, bulkHeaders, inheritedHeaders, isBulk } from '../../schema/records/headers.ts'
import { topics } from '../../schema/topics.ts'
import { appendInOrder } from './append-in-order.ts'
import { toDeadLetter } from './dead-letter.ts'
import type { Emit } from './stage.ts'

/** What follows from a record carries on its birth time and its trace. */
export function withTraceHeaders(emit: Emit, { headers }: StoredRecord, span: TraceSpan | undefined): Emit {
  const inherited = inheritedHeaders(headers, span?.traceparent)
  const bulk = isBulk(headers) || backfilledFrom(headers) !== undefined
  if (inherited === undefined && !bulk) return emit
  return { ...emit, headers: { ...inherited, ...(bulk && bulkHeaders), ...emit.headers } }
}

const compacted: ReadonlySet<string> = new Set([topics.userVectors, topics.lists, topics.sideRows])

/** An emit and the record that it follows from. */
export interface Sourced {
  readonly emit: Emit
  readonly record: StoredRecord
}

/** By topic, each in order; on a compacted topic only the newest record of a key. What cannot be encoded is set aside. */
export function encode(stage: string, emits: readonly Sourced[], dead: Emit[]): Map<string, LogRecord[]> {
  const byTopic = new Map<string, Sourced[]>()
  for (const sourced of emits) {
    const group = byTopic.get(sourced.emit.topic)
    if (group) group.push(sourced)
    else byTopic.set(sourced.emit.topic, [sourced])
  }
  const encoded = new Map<string, LogRecord[]>()
  for (const [topic, group] of byTopic) {
    const kept = compacted.has(topic) ? [...new Map(group.map((one) => [one.emit.key, one])).values()] : group
    const records: LogRecord[] = []
    for (const { emit, record } of kept) {
      try {
        records.push(toLogRecord(emit))
      } catch (error) {
        dead.push(toDeadLetter(stage, record, error))
      }
    }
    if (records.length > 0) encoded.set(topic, records)
  }
  return encoded
}

const toLogRecord = ({ key, value, headers }: Emit): LogRecord => ({
  key,
  value: value === null ? null : value(),
  headers,
})

/** Appends what a slice emits and its dead letters; resolves once all of it is durable. */
export async function append(log: EventLog, encoded: Map<string, LogRecord[]>, dead: readonly Emit[]): Promise<void> {
  if (dead.length > 0) encoded.set(topics.deadLetter, dead.map(toLogRecord))
  const appends = await Promise.allSettled([...encoded].map(([topic, records]) => appendInOrder(log, topic, records)))
  const failed = appends.find((one) => one.status === 'rejected') // after all of them: none outlives its batch
  if (failed) throw failed.reason
}
