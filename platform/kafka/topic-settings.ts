import type { TopicSpec } from '../../schema/topics.ts'

const day = 86_400_000
const minute = 60_000

/** Settings that a topic is created with, by the names of Kafka. @param replicas copies of each partition */
export function settingsOf(spec: TopicSpec, replicas: number): Record<string, string> {
  return {
    // With three replicas, an acknowledged record is on at least two, and one broker may fail.
    'min.insync.replicas': replicas >= 3 ? '2' : '1',
    'cleanup.policy': spec.cleanup,
    // `appendedAt` is the log's time: client clocks may be wrong, and a timestamp in the future would be rejected.
    'message.timestamp.type': 'LogAppendTime',
    ...(spec.cleanup === 'delete'
      ? { 'retention.ms': String(spec.retentionMs ?? -1) }
      : {
          // Longer than a stage takes to store the results of a slice: docs/adr/0021-late-writes-and-compaction.md.
          'min.compaction.lag.ms': String(10 * minute),
          // Records that a tombstone supersedes are deleted within about a day, so that an erasure is complete.
          'max.compaction.lag.ms': String(day),
          'delete.retention.ms': String(day),
          'segment.bytes': String(64 * 1024 * 1024),
        }),
  }
}
