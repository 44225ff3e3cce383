import { chunkByBytes } from '../../platform/chunk-by-bytes.ts'
import type { EventLog, LogRecord } from '../../platform/ports/event-log.ts'
import { topics } from '../../schema/topics.ts'

/** Small enough that an adapter writes the records of one partition as a whole or not at all. */
const orderedBytesMax = 256 * 1024

/**
 * Appends records, and those of topic interactions in chunks of which each waits for the previous one. Repeated
 * forwarded records are recognized by the order of their sources (schema/records/forwarded.ts), so a later one must not
 * be written if an earlier one was not.
 */
export async function appendInOrder(log: EventLog, topic: string, records: readonly LogRecord[]): Promise<void> {
  const parts = topic === topics.interactions ? chunkByBytes(records, bytesOf, orderedBytesMax) : [records]
  for (const part of parts) await log.append(topic, part)
}

const bytesOf = ({ key, value }: LogRecord): number => Buffer.byteLength(key) + (value?.length ?? 0)
