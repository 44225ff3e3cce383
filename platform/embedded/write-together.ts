import { partitionOf } from '../partitioner.ts'
import type { Clock } from '../ports/clock.ts'
import type { WriteTogether } from '../ports/write-together.ts'
import { toPutCommands } from './embedded-store.ts'
import type { TopicReader } from './topic-reader.ts'
import type { WriteQueue } from './write-queue.ts'

interface Parts {
  readonly reader: TopicReader
  readonly queue: WriteQueue
  readonly clock: Clock
  readonly graceMs: number
}

/** Sends the records and rows of one call to the writer in one group, which is written in one LMDB transaction. */
export function embeddedWriteTogether({ reader, queue, clock, graceMs }: Parts): WriteTogether {
  return (records, puts) => {
    const now = clock.now()
    const placed = [...records].flatMap(([name, some]) => {
      const { id: topicId, partitions } = reader.topic(name)
      return some.map((record) => ({ topicId, partition: partitionOf(record.key, partitions), record }))
    })
    const commands = puts.flatMap(({ table, rows }) => toPutCommands(table, rows, { now, graceMs }))
    return queue.writeTogether(placed, commands, Math.floor(now))?.then(() => {})
  }
}
