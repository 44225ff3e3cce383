import { openCassandraStore } from '../../platform/cassandra/cassandra-store.ts'
import { openKafkaLog } from '../../platform/kafka/kafka-log.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { replaysAreNewer } from './replay.contract.ts'

describeOnCluster('Kafka and Cassandra', ({ brokers, contactPoints, dataCenter }) => {
  const namespace = freshNamespace()
  replaysAreNewer('a cluster', async () => ({
    log: openKafkaLog({ brokers, clientId: 'replay', namespace }),
    store: openCassandraStore({
      contactPoints,
      localDataCenter: dataCenter,
      keyspace: namespace,
      readTimeoutMs: 10_000,
    }),
  }))
})
