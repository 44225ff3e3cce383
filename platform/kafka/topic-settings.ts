import type { TopicSpec } from '../../schema/topics.ts'

const day = 86_400_000
const minute = 60_000

/** Settings that a topic is created with, by the names of Kafka. @param replicas copies of each partition */
export function settingsOf(spec: TopicSpec, replicas: number): Record<string, string> {
  return {
    // With three copies an acknowledged record is in two at least, and one broker may be away.
    'min.insync.replicas': replicas >= 3 ? '2' : '1',
    'cleanup.policy': spec.cleanup,
    // `appendedAt` is the log's time: the clocks of clients are wrong, and a future one would be refused.
    'message.timestamp.type': 'LogAppendTime',
    ...(spec.cleanup === 'delete'
      ? { 'retention.ms': String(spec.retentionMs ?? -1) }
      : {
          // Longer than a slice of a stage takes to store what it has written: docs/adr/0021-late-writes-and-compaction.md.
          'min.compaction.lag.ms': String(10 * minute),
          // What a tombstone removed is deleted within about a day, so that an erasure is complete.
          'max.compaction.lag.ms': String(day),
          'delete.retention.ms': String(day),
          'segment.bytes': String(64 * 1024 * 1024),
        }),
  }
}
