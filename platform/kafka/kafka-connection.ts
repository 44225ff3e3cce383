import { addressOf, remedyOf, unavailable } from './kafka-errors.ts'
import { type ClusterSettings, createCluster, type KafkaBroker, type KafkaCluster } from './kafkajs-internals.ts'
import { keepErrorsByTopic, partitionsOf } from './metadata-by-topic.ts'

const topicAwareRetry = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 }
const failuresInARowMax = 5

/**
 * The connections to the brokers for one purpose (appends, one consumption, one follower, tools). It connects at
 * first use and recovers after every failure, so that a caller only has to retry.
 */
export class KafkaConnection {
  private readonly topics = new Set<string>()
  private connecting: Promise<KafkaCluster> | undefined
  private failuresInARow = 0
  private connects = 0
  private closed = false

  constructor(private readonly settings: Omit<ClusterSettings, 'retry'>) {}

  /**
   * Runs one request. After a failure, the connection is recovered as far as possible before the promise rejects.
   * @param msMax bound in addition to the library's own timeouts: a longer call fails, and the connection is rebuilt
   */
  async use<Result>(
    request: (cluster: KafkaCluster) => Promise<Result>,
    msMax = 2 * this.settings.requestTimeout,
  ): Promise<Result> {
    if (this.closed) throw unavailable('a request was rejected: the log is closed')
    const connecting = (this.connecting ??= this.connect())
    try {
      const result = await withTimeout(msMax, connecting.then(request))
      this.failuresInARow = 0
      return result
    } catch (error) {
      await this.recover(connecting, error)
      throw error
    }
  }

  /** Runs one request on the leader of a partition. */
  onLeader<Result>(topic: string, partition: number, request: (broker: KafkaBroker) => Promise<Result>) {
    return this.use(async (cluster) => {
      await this.targetTopics(cluster, [topic])
      const leader = partitionsOf(cluster, topic).find(({ partitionId }) => partitionId === partition)?.leader
      if (leader === undefined || leader < 0) throw new NoLeader(topic, partition)
      return request(await cluster.findBroker({ nodeId: leader }))
    })
  }

  /**
   * Returns the node id of each partition's leader, -1 if it has none at present.
   * @throws KafkaJSProtocolError UNKNOWN_TOPIC_OR_PARTITION if there is no such topic
   */
  leaders(topic: string): Promise<number[]> {
    return this.use(async (cluster) => {
      await this.targetTopics(cluster, [topic])
      // Otherwise metadata without a leader would be used until it expires.
      if (partitionsOf(cluster, topic).some(({ leader }) => leader < 0)) await cluster.refreshMetadata()
      return partitionsOf(cluster, topic).map(({ leader }) => leader)
    })
  }

  async close(): Promise<void> {
    this.closed = true
    const cluster = await this.connecting?.catch(() => undefined)
    await cluster?.disconnect()
  }

  private async connect(): Promise<KafkaCluster> {
    // Rotated at each attempt: the library begins with the first broker, which may be the one that does not answer.
    const first = this.connects++ % this.settings.brokers.length
    const brokers = [...this.settings.brokers.slice(first), ...this.settings.brokers.slice(0, first)]
    const cluster = createCluster({ ...this.settings, brokers, retry: topicAwareRetry })
    keepErrorsByTopic(cluster)
    await cluster.connect()
    if (this.topics.size > 0) await cluster.addMultipleTargetTopics([...this.topics])
    return cluster
  }

  private async targetTopics(cluster: KafkaCluster, topics: readonly string[]): Promise<void> {
    if (!topics.every((topic) => cluster.targetTopics.has(topic))) await cluster.addMultipleTargetTopics(topics)
    for (const topic of topics) this.topics.add(topic)
    await cluster.refreshMetadataIfNecessary()
  }

  private async recover(connecting: Promise<KafkaCluster>, error: unknown): Promise<void> {
    const remedy = error instanceof NoLeader ? 'refresh' : remedyOf(error)
    if (remedy === 'none' || remedy === 'retry') return
    this.failuresInARow += 1
    const cluster = await connecting.catch(() => undefined)
    const canRefresh = cluster && remedy !== 'rebuild' && this.failuresInARow < failuresInARowMax
    if (canRefresh) {
      const address = remedy === 'reconnect' ? addressOf(error) : undefined
      if (address) cluster.removeBroker(address)
      if (
        await cluster.refreshMetadata().then(
          () => true,
          () => false,
        )
      )
        return
    }
    if (this.connecting !== connecting) return // another caller has reconnected already
    this.connecting = undefined
    this.failuresInARow = 0
    // Requests in flight to healthy brokers are answered first; others end by their own timeouts.
    void cluster?.disconnect().catch(() => {})
  }
}

async function withTimeout<Result>(msMax: number, answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${msMax} ms`)), msMax)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

class NoLeader extends Error {
  override readonly name = 'NoLeader'
  constructor(topic: string, partition: number) {
    super(`partition ${partition} of topic "${topic}" has no leader at present, or does not exist`)
  }
}
