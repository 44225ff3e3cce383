import type { StoredRecord } from '../ports/event-log.ts'
import type { AbortedTransaction, FetchedMessage } from './kafkajs-internals.ts'

/** Converts a message to a record of the port. @param topic the name in the code, without the namespace */
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
    ...(message.undecodable !== undefined && { undecodable: message.undecodable }),
  }
}

/**
 * Returns the offset after the fetched messages. Compaction removes records but keeps the offset range of their
 * batch, so the last offset of the batch counts, not that of its last record: otherwise the rest of a compacted batch
 * would be fetched again forever.
 */
export function offsetAfter(messages: readonly FetchedMessage[], position: number): number {
  const last = messages.at(-1)
  if (!last) return position
  const { batchContext } = last
  const batchEnd = batchContext ? Number(batchContext.firstOffset) + batchContext.lastOffsetDelta : 0
  return Math.max(position, Number(last.offset) + 1, batchEnd + 1)
}

/**
 * Returns the messages that a reader receives: without control records, records before the position (the brokers send
 * whole batches), and records of aborted transactions (the brokers send those too, with a list of the transactions).
 */
export function recordsFrom(
  messages: readonly FetchedMessage[],
  position: number,
  abortedTransactions: readonly AbortedTransaction[] | null,
): FetchedMessage[] {
  const toCome = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset))
  const aborting = new Set<string | undefined>()
  return messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    while (toCome.length > 0 && Number(toCome[0]!.firstOffset) <= Number(offset)) {
      aborting.add(toCome.shift()!.producerId)
    }
    const { producerId, inTransaction } = batchContext ?? {}
    if (isControlRecord) {
      if (key?.equals(abortMark)) aborting.delete(producerId)
      return false
    }
    return Number(offset) >= position && !(inTransaction && aborting.has(producerId))
  })
}

/** Key of the control record that ends an aborted transaction: version 0, type 0. */
const abortMark = Buffer.alloc(4)

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

function headersOf(headers: FetchedMessage['headers']): Readonly<Record<string, string>> {
  const entries = Object.entries(headers ?? {})
  if (entries.length === 0) return noHeaders
  // A name may come more than once; the last one counts.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, (Array.isArray(value) ? value.at(-1) : value)?.toString('utf8') ?? '']),
  )
}
