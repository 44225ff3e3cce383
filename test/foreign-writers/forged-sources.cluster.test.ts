import { expect, test } from 'vitest'
import { openCassandraStore } from '../../platform/cassandra/cassandra-store.ts'
import { openKafkaLog } from '../../platform/kafka/kafka-log.ts'
import { topicSpecs } from '../../schema/topics.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { startWholeSystem } from '../support/whole-system.ts'
import { checkForgedSources } from './forged-sources.ts'

const partitions = 4

describeOnCluster('Kafka', ({ brokers, contactPoints, dataCenter }) => {
  test('a source that no stage signed counts for nothing, and a rebuild ends', { timeout: 240_000 }, async () => {
    const namespace = freshNamespace()
    const log = openKafkaLog({ brokers, clientId: 'forged', namespace })
    const cassandra = { contactPoints, localDataCenter: dataCenter, keyspace: namespace, readTimeoutMs: 10_000 }
    await log.createTopics(topicSpecs(partitions))
    const store = openCassandraStore(cassandra)
    await store.migrate()
    const shop = await startWholeSystem({ platform: { log, store } })
    try {
      await checkForgedSources(shop, partitions)
      const { data } = await shop.ask('mutation { rebuildUsers { done reason users } }')
      expect(data.rebuildUsers).toEqual({ done: true, reason: null, users: 1 })
    } finally {
      await shop.close()
    }
  })
})
