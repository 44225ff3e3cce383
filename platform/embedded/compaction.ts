import type { Clock } from '../ports/clock.ts'
import type { StoredRecord } from '../ports/event-log.ts'
import type { Environment } from './environment.ts'
import { logKey, offsetMax, partitionKey } from './keys.ts'
import { ChunkBuilder, decodeChunk } from './log-codec.ts'
import type { KnownTopic, TopicReader } from './topic-reader.ts'
import type { KeyedBytes } from './write-commands.ts'
import type { WriteQueue } from './write-queue.ts'

export interface CompactionOptions {
  /** A pass begins after this many records since the last pass, and at least half as many as that pass kept. */
  readonly recordsMin: number
  /**
   * A pass also begins when the oldest record since the last pass has this age, so that superseded records are
   * removed by then.
   */
  readonly lagMsMax: number
  /** Retention of tombstones, for readers that lag. */
  readonly tombstoneGraceMs: number
  /** Maximum keys held in memory in one pass; more keys take several passes. */
  readonly keysMax: number
}

export interface CompactionParts {
  readonly env: Environment
  readonly reader: TopicReader
  readonly queue: WriteQueue
  readonly clock: Clock
  readonly options: CompactionOptions
}

interface PassState {
  /** Below this, no key occurs twice. */
  readonly cleanedTo: number
  readonly kept: number
  /** Append time of the oldest remaining tombstone, ms since 1970. */
  readonly oldestTombstoneAt: number | null
}

/** Maximum input of one step. A step is read, rewritten and committed as a whole; other writes go between steps. */
const stepBytesMax = 128 * 1024
const pauseMs = 5
/** Rows that are smaller than this on average are merged even if no record is superseded. */
const smallRowBytes = 2 * 1024

/**
 * Compacts one partition if it is due: first reads the newest offset of every key since the last pass, then rewrites
 * the log from its beginning without the records that these supersede. Kafka's log cleaner works in the same way: a
 * pass costs one sequential read for all records since the last pass, and appends cost nothing extra.
 */
export async function compactIfDue(
  parts: CompactionParts,
  topic: KnownTopic,
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  const state = readState(parts.env, topic, partition)
  if (!isDue(parts, topic, partition, state)) return
  const newest = new Map<string, number>()
  const cleanedTo = await learnNewest(parts, topic, partition, state.cleanedTo, newest, signal)
  const rewritten = await rewrite(parts, topic, partition, cleanedTo, newest, signal)
  if (signal.aborted) return
  const next: PassState = { cleanedTo, ...rewritten }
  await parts.queue.task({
    type: 'setCompaction',
    key: partitionKey(topic.id, partition),
    state: Buffer.from(JSON.stringify(next)),
  })
}

function readState(env: Environment, topic: KnownTopic, partition: number): PassState {
  env.root.resetReadTxn()
  const row = env.compaction.get(partitionKey(topic.id, partition))
  return row === undefined
    ? { cleanedTo: 0, kept: 0, oldestTombstoneAt: null }
    : (JSON.parse(row.toString()) as PassState)
}

function isDue({ reader, clock, options }: CompactionParts, topic: KnownTopic, partition: number, state: PassState) {
  const now = clock.now()
  const { oldestTombstoneAt, cleanedTo, kept } = state
  if (oldestTombstoneAt !== null && oldestTombstoneAt + options.tombstoneGraceMs <= now) return true
  const dirty = reader.end(topic, partition) - cleanedTo
  if (dirty === 0) return false
  if (dirty >= Math.max(options.recordsMin, kept / 2)) return true
  const [oldest] = reader.cursor(topic, partition, cleanedTo).read(1)
  return oldest !== undefined && oldest.appendedAt + options.lagMsMax <= now
}

/** Fills `newest` with the newest offset of each key. @returns the offset up to which it is complete */
async function learnNewest(
  { reader, clock, options }: CompactionParts,
  topic: KnownTopic,
  partition: number,
  from: number,
  newest: Map<string, number>,
  signal: AbortSignal,
): Promise<number> {
  const end = reader.end(topic, partition)
  const cursor = reader.cursor(topic, partition, from)
  while (newest.size < options.keysMax && !signal.aborted) {
    const records = cursor.read(Math.min(500, options.keysMax - newest.size))
    for (const { key, offset } of records) newest.set(key, offset)
    if (records.length === 0 || cursor.next >= end) return Math.max(from, end, cursor.next)
    await clock.sleep(1, signal)
  }
  return cursor.next
}

async function rewrite(
  { env, queue, clock, options }: CompactionParts,
  topic: KnownTopic,
  partition: number,
  to: number,
  newest: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<{ kept: number; oldestTombstoneAt: number | null }> {
  const tombstonesUntil = clock.now() - options.tombstoneGraceMs
  let kept = 0
  let oldestTombstoneAt: number | null = null
  for (let from = 0; from < to && !signal.aborted; ) {
    const rows = readRows(env, topic, partition, from)
    if (rows.length === 0) break
    const records = rows.flatMap(({ chunk }) => decodeChunk(chunk, topic.name, partition, 0))
    const survivors = records.filter((record) => {
      if ((newest.get(record.key) ?? -1) > record.offset) return false
      return record.value !== null || record.offset >= to || record.appendedAt > tombstonesUntil
    })
    for (const { offset, value, appendedAt } of survivors) {
      if (offset >= to) continue
      kept++
      if (value === null) oldestTombstoneAt = Math.min(oldestTombstoneAt ?? appendedAt, appendedAt)
    }
    const bytes = rows.reduce((sum, { chunk }) => sum + chunk.length, 0)
    const areSmall = rows.length > 1 && bytes / rows.length < smallRowBytes
    if (survivors.length < records.length || areSmall) {
      const remove = rows.map(({ key }) => key)
      await queue.task({ type: 'rewrite', remove, put: toChunks(topic, partition, survivors) })
    }
    from = records.at(-1)!.offset + 1
    await clock.sleep(pauseMs, signal)
  }
  return { kept, oldestTombstoneAt }
}

function readRows(env: Environment, topic: KnownTopic, partition: number, from: number) {
  const rows: { key: Buffer; chunk: Buffer }[] = []
  const range = { start: logKey(topic.id, partition, from), end: logKey(topic.id, partition, offsetMax) }
  let bytes = 0
  env.root.resetReadTxn()
  for (const { key, value } of env.log.range(range)) {
    rows.push({ key, chunk: value })
    bytes += value.length
    if (bytes >= stepBytesMax) break
  }
  return rows
}

function toChunks(topic: KnownTopic, partition: number, records: readonly StoredRecord[]): KeyedBytes[] {
  const chunks: KeyedBytes[] = []
  let builder = new ChunkBuilder()
  for (const [i, record] of records.entries()) {
    builder.add(record.offset, record, record.appendedAt)
    const next = records[i + 1]
    if (next !== undefined && builder.hasRoomFor(next)) continue
    chunks.push({ key: logKey(topic.id, partition, record.offset), value: builder.finish() })
    builder = new ChunkBuilder()
  }
  return chunks
}
