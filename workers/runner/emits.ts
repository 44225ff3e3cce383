import type { EventLog, LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import type { TraceSpan } from '../../platform/tracing.ts'
import { bulkHeaders, inheritedHeaders, isBulk } from '../../schema/records/headers.ts'
import { topics } from '../../schema/topics.ts'
import { appendInOrder } from './append-in-order.ts'
import type { Emit } from './stage.ts'
import type { Turns } from './turns.ts'

/** Adds the `born` header and the trace of the record to what follows from it. */
export function withTraceHeaders(emit: Emit, { headers }: StoredRecord, span: TraceSpan | undefined): Emit {
  const inherited = inheritedHeaders(headers, span?.traceparent)
  const bulk = isBulk(headers)
  if (inherited === undefined && !bulk) return emit
  return { ...emit, headers: { ...inherited, ...(bulk && bulkHeaders), ...emit.headers } }
}

/** Records by topic, or the error of one that cannot be encoded. */
type Encoded = { readonly records: Map<string, LogRecord[]> } | { readonly error: unknown }

const compacted: ReadonlySet<string> = new Set([topics.userVectors, topics.lists, topics.sideRows])

/**
 * Collects the emits of a slice by topic, each in order. On a compacted topic, only the newest emit of a key is kept,
 * so that older ones, and the user states they refer to, can be freed.
 */
export class SliceEmits {
  private readonly all = new Map<string, Emit[]>()
  private readonly newest = new Map<string, Map<string, Emit>>()

  add(emit: Emit): void {
    const { topic, key } = emit
    if (compacted.has(topic)) entryOf(this.newest, topic, () => new Map<string, Emit>()).set(key, emit)
    else entryOf(this.all, topic, (): Emit[] => []).push(emit)
  }

  /** Encodes all of them, or returns the error of one that cannot be encoded. */
  async encode(turns: Turns): Promise<Encoded> {
    const records = new Map<string, LogRecord[]>()
    const groups: [string, Iterable<Emit>][] = [...this.all]
    for (const [topic, group] of this.newest) groups.push([topic, group.values()])
    for (const [topic, group] of groups) {
      const encoded: LogRecord[] = []
      for (const emit of group) {
        if (turns.isDue()) await turns.give()
        try {
          encoded.push(toLogRecord(emit))
        } catch (error) {
          return { error }
        }
      }
      if (encoded.length > 0) records.set(topic, encoded)
    }
    return { records }
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

const toLogRecord = ({ key, value, headers }: Emit): LogRecord => ({
  key,
  value: value === null ? null : value(),
  headers,
})

/** Adds the dead letters of a slice to its emits. */
export function withDeadLetters(encoded: Map<string, LogRecord[]>, dead: readonly Emit[]): Map<string, LogRecord[]> {
  if (dead.length > 0) encoded.set(topics.deadLetter, dead.map(toLogRecord))
  return encoded
}

/** Appends dead letters only. */
export const appendDeadLetters = (log: EventLog, dead: readonly Emit[]): Promise<void> =>
  append(log, withDeadLetters(new Map(), dead))

/** Appends records by topic; resolves once all of them are durable. */
export async function append(log: EventLog, records: ReadonlyMap<string, readonly LogRecord[]>): Promise<void> {
  const appends = await Promise.allSettled([...records].map(([topic, some]) => appendInOrder(log, topic, some)))
  const failed = appends.find((one) => one.status === 'rejected') // wait for all, so that none outlives its batch
  if (failed) throw failed.reason
}
