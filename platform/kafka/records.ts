import type { StoredRecord } from '../ports/event-log.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'

/** A record as the port shows it. @param topic the name as the code knows it, without the namespace. */
export function toStoredRecord(topic: string, partition: number, message: FetchedMessage): StoredRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    appendedAt: Number(message.timestamp),
    // Records of other services may lack a key.
    key: message.key?.toString('utf8') ?? '',
    value: message.value,
    headers: headersOf(message.headers),
  }
}

/**
 * The offset after what was fetched. Compaction removes records but keeps their batch's span, so the batch's own last
 * offset counts, not that of its last record: else the rest of a compacted batch would be asked for again for ever.
 */
export function offsetAfter(messages: readonly FetchedMessage[], position: number): number {
  const last = messages.at(-1)
  if (!last) return position
  const { batchContext } = last
  const batchEnd = batchContext ? Number(batchContext.firstOffset) + batchContext.lastOffsetDelta : 0
  return Math.max(position, Number(last.offset) + 1, batchEnd + 1)
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

function headersOf(headers: FetchedMessage['headers']): Readonly<Record<string, string>> {
  const entries = Object.entries(headers ?? {})
  if (entries.length === 0) return noHeaders
  // A name may come more than once; the last one counts.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, (Array.isArray(value) ? value.at(-1) : value)?.toString('utf8') ?? '']),
  )
}
