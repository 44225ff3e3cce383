import { startCluster } from '../../tools/local-cluster/cluster.ts'
import type { Surroundings } from './scratch.ts'

export interface BenchCluster {
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCenter: string
  /** The settings of a process that uses it, in a namespace of its own. */
  readonly env: Readonly<Record<string, string>>
}

/** One real broker and, unless left out, one real Cassandra node, for one run. */
export async function openCluster(
  { folder, onEnd, say }: Surroundings,
  { cassandra = true } = {},
): Promise<BenchCluster> {
  say(`starting Kafka${cassandra ? ' and Cassandra' : ''}`)
  const cluster = await startCluster({ dir: await folder(), brokers: 1, cassandraNodes: cassandra ? 1 : 0 })
  onEnd(() => cluster.stop())
  const { brokers, contactPoints, dataCenter } = cluster
  const env = {
    PICKSTREAM_PLATFORM: 'cluster',
    PICKSTREAM_KAFKA_BROKERS: brokers.join(','),
    PICKSTREAM_CASSANDRA_CONTACT_POINTS: contactPoints.join(','),
    PICKSTREAM_CASSANDRA_DATA_CENTER: dataCenter,
    PICKSTREAM_NAMESPACE: 'bench',
  }
  return { brokers, contactPoints, dataCenter, env }
}
