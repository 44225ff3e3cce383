import { openCassandraStore } from '../../platform/cassandra/cassandra-store.ts'
import { openKafkaLog } from '../../platform/kafka/kafka-log.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { placesHold } from './places.contract.ts'
import { promisesHold } from './promises.contract.ts'

describeOnCluster('Kafka and Cassandra', ({ brokers, contactPoints, dataCenter }) => {
  const open = (namespace: string) => async () => ({
    log: openKafkaLog({ brokers, clientId: 'contract', namespace }),
    store: openCassandraStore({
      contactPoints,
      localDataCenter: dataCenter,
      keyspace: namespace,
      readTimeoutMs: 10_000,
    }),
  })
  promisesHold('a cluster', open(freshNamespace()))
  placesHold('a cluster', open(freshNamespace()))
})
