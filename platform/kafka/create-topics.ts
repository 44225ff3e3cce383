import type { Admin } from 'kafkajs'
import type { TopicSpec } from '../../schema/topics.ts'
import type { Logger } from '../logger.ts'

const day = 86_400_000
const minute = 60_000

/** Creates the topics that are missing; several instances may do so at the same moment. Their leaders come a little later. */
export async function createMissingTopics(
  admin: Admin,
  specs: readonly TopicSpec[],
  nameOf: (topic: string) => string,
  logger: Logger,
): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const replicas = Math.min(3, brokers.length)
  const existing = new Set(await admin.listTopics())
  for (const spec of specs.filter(({ name }) => !existing.has(nameOf(name)))) {
    const topic = nameOf(spec.name)
    // False: another instance was faster (TOPIC_ALREADY_EXISTS), which is as good.
    const created = await admin.createTopics({
      waitForLeaders: false, // the library's own wait fails when a broker does not know the topic yet
      topics: [
        {
          topic,
          numPartitions: spec.partitions,
          replicationFactor: replicas,
          configEntries: Object.entries(settingsOf(spec, replicas)).map(([name, value]) => ({ name, value })),
        },
      ],
    })
    if (created) logger.info({ topic, partitions: spec.partitions, replicas }, 'created a topic')
  }
}

function settingsOf(spec: TopicSpec, replicas: number): Record<string, string> {
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
