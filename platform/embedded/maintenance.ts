import { repeat } from '../repeat.ts'
import { type CompactionParts, compactIfDue } from './compaction.ts'
import { freeDeadReaders } from './environment.ts'
import { logKey, offsetMax } from './keys.ts'
import { baseTimeOf } from './log-codec.ts'
import type { KnownTopic } from './topic-reader.ts'

/** Maximum rows removed in one transaction. */
const rowsMax = 64
const pauseMs = 5

export interface MaintenanceParts extends CompactionParts {
  readonly everyMs: number
  /** Called with the error of a failed round; the next round retries. */
  readonly onError: (error: unknown) => void
}

/**
 * Bounds the size of the folder: compacts topics, removes records after their retention, and purges tombstones and
 * expired rows. Run by one thread of one process, in small steps with pauses, so that appends do not wait long for
 * the writer.
 */
export function maintain(parts: MaintenanceParts): { stop(): Promise<void> } {
  return repeat({ ...parts, round: (signal) => runMaintenance(parts, signal) })
}

/** One round over all topics and rows that are due. */
export async function runMaintenance(parts: CompactionParts, signal: AbortSignal): Promise<void> {
  freeDeadReaders(parts.env)
  for (const topic of parts.reader.allTopics()) {
    for (let partition = 0; partition < topic.partitions && !signal.aborted; partition++) {
      if (topic.cleanup === 'compact') await compactIfDue(parts, topic, partition, signal)
      else await dropExpired(parts, topic, partition, signal)
    }
  }
  await purgeRows(parts, signal)
}

async function dropExpired(parts: CompactionParts, topic: KnownTopic, partition: number, signal: AbortSignal) {
  if (topic.retentionMs === undefined) return
  const { env, queue, clock } = parts
  const range = { start: logKey(topic.id, partition, 0), end: logKey(topic.id, partition, offsetMax), limit: rowsMax }
  for (let remove: Buffer[] = []; !signal.aborted; await clock.sleep(pauseMs, signal)) {
    const before = clock.now() - topic.retentionMs
    remove = []
    env.root.resetReadTxn()
    for (const { key, value } of env.log.range(range)) {
      // The records of a chunk were appended in one commit, so the first has the age of all.
      if (baseTimeOf(value) > before) break
      remove.push(key)
    }
    if (remove.length > 0) await queue.task({ type: 'rewrite', remove, put: [] })
    if (remove.length < rowsMax) return
  }
}

async function purgeRows({ env, queue, clock }: CompactionParts, signal: AbortSignal) {
  while (!signal.aborted) {
    env.root.resetReadTxn()
    const [earliest] = [...env.purge.keys({ start: Buffer.alloc(8), limit: 1 })]
    const now = clock.now()
    if (earliest === undefined || Number(earliest.readBigUInt64BE(0)) > now) return
    await queue.task({ type: 'purge', until: now, rowsMax: rowsMax * 8 })
    await clock.sleep(pauseMs, signal)
  }
}
