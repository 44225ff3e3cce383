import type { Admin } from 'kafkajs'
import { AppError } from '../../schema/app-error.ts'
import type { TopicSpec } from '../../schema/topics.ts'
import type { Logger } from '../logger.ts'
import { type ActualTopic, topicFaults } from './check-topics.ts'
import { settingsOf } from './topic-settings.ts'

/**
 * Creates the topics that are missing; several instances may do so at once. Leaders may be elected after it resolves.
 *
 * @throws AppError UNAVAILABLE, not retriable, if a topic that exists would lose records or is partitioned differently
 */
export async function createMissingTopics(
  admin: Admin,
  specs: readonly TopicSpec[],
  nameOf: (topic: string) => string,
  logger: Logger,
): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const replicas = Math.min(3, brokers.length)
  const existing = new Set(await admin.listTopics())
  await requireUsable(admin, specs, existing, nameOf, logger)
  for (const spec of specs.filter(({ name }) => !existing.has(nameOf(name)))) {
    const topic = nameOf(spec.name)
    // false: another instance has created it (TOPIC_ALREADY_EXISTS).
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
    if (created) logger.info({ topic, partitions: spec.partitions, replicas }, 'topic created')
  }
}

const topicResource = 2

/** Compares existing topics with their specs. Missing ones count as they will be created. */
async function requireUsable(
  admin: Admin,
  specs: readonly TopicSpec[],
  existing: ReadonlySet<string>,
  nameOf: (topic: string) => string,
  logger: Logger,
): Promise<void> {
  const names = specs.map(({ name }) => nameOf(name)).filter((name) => existing.has(name))
  if (names.length === 0) return
  const { topics } = await admin.fetchTopicMetadata({ topics: names })
  const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
  const settings = await settingsFound(admin, names, logger)
  const actual = new Map(
    specs.map((spec): [string, ActualTopic] => {
      const name = nameOf(spec.name)
      return [spec.name, { partitions: counts.get(name) ?? spec.partitions, settings: settings.get(name) }]
    }),
  )
  const { fatal, warnings } = topicFaults(specs, actual, nameOf)
  for (const difference of warnings) logger.warn({ difference }, 'a setting is not applied to a topic that exists')
  if (fatal.length === 0) return
  const message = `Kafka: topics that exist differ from what is needed (docs/troubleshooting.md):\n  ${fatal.join('\n  ')}`
  throw new AppError('UNAVAILABLE', { message, retriable: false })
}

/** @returns topic → name → value; empty if the Kafka user may not read settings */
async function settingsFound(
  admin: Admin,
  names: readonly string[],
  logger: Logger,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  try {
    const query = names.map((name) => ({ type: topicResource, name }))
    const { resources } = await admin.describeConfigs({ resources: query, includeSynonyms: false })
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    )
  } catch (error) {
    logger.warn({ err: error }, 'the settings of the topics are not checked: they could not be read (DescribeConfigs)')
    return new Map()
  }
}
