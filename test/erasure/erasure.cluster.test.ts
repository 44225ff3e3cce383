import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { openCassandraStore } from '../../platform/cassandra/cassandra-store.ts'
import { openKafkaLog } from '../../platform/kafka/kafka-log.ts'
import { topicSpecs } from '../../schema/topics.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { eventually } from '../support/start-process.ts'
import {
  answersAbout,
  forget,
  live,
  mark,
  openShop,
  placesOf,
  placesOfVisitor,
  stirTopics,
  untilRetention,
} from './user-lifecycle.ts'

/** What takes a day in production, in a second. */
const quickCompaction = {
  'segment.ms': '200',
  'min.cleanable.dirty.ratio': '0.01',
  'max.compaction.lag.ms': '1000',
  'delete.retention.ms': '0',
}

describeOnCluster('an erasure', ({ brokers, contactPoints, dataCenter }) => {
  test('leaves the user in no table, topic, log, metric or answer but where docs/security.md says', {
    timeout: 300_000,
  }, async () => {
    const namespace = freshNamespace()
    const log = openKafkaLog({ brokers, clientId: 'erasure', namespace })
    const cassandra = { contactPoints, localDataCenter: dataCenter, keyspace: namespace, readTimeoutMs: 10_000 }
    const store = openCassandraStore(cassandra)
    await log.createTopics(topicSpecs(1))
    await compactQuickly(brokers, namespace)
    const shop = await openShop({ log, store })
    await live(shop.harness)
    expect(await placesOf({ log, store })).toEqual(placesOfVisitor)

    await forget(shop.harness)
    await eventually(async () => {
      await stirTopics(shop.harness) // a segment that is still written to is not compacted
      return (await placesOf({ log, store })).length === untilRetention.length
    }, 500)
    expect(await placesOf({ log, store })).toEqual(untilRetention)
    expect(await answersAbout(shop.harness)).not.toContain(mark)
    expect(shop.logged()).not.toContain(mark)
    await shop.close()
  })
})

async function compactQuickly(brokers: string[], namespace: string): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.alterConfigs({
    validateOnly: false,
    resources: topicSpecs(1)
      .filter(({ cleanup }) => cleanup === 'compact')
      .map(({ name }) => ({
        type: ConfigResourceTypes.TOPIC,
        name: `${namespace}.${name}`,
        configEntries: Object.entries({
          'cleanup.policy': 'compact',
          'message.timestamp.type': 'LogAppendTime',
          ...quickCompaction,
        }).map(([key, value]) => ({
          name: key,
          value,
        })),
      })),
  })
  await admin.disconnect()
}
