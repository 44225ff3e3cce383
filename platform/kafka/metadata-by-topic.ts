import { createRequire } from 'node:module'
import type { KafkaBroker, KafkaCluster, KafkaProtocol, TopicMetadata } from './kafkajs-internals.ts'
import { sendTo } from './send-to.ts'

interface Metadata {
  readonly topicMetadata: readonly TopicMetadata[]
}

interface BrokerPool {
  readonly metadata: Metadata | null
  createBroker(options: object): KafkaBroker & { metadata(topics: readonly string[]): Promise<Metadata> }
}

const require = createRequire(import.meta.url)
const apiKey = 3
const unknownTopic = 3

/**
 * Patch of kafkajs 2.2.4: it rejects the metadata of all topics if one of them does not exist, may not be read, or has a
 * partition without a leader. A client that uses that topic once can then no longer refresh its metadata, nor connect
 * again, and its requests for all other topics fail. With the patch, the errors stay in the metadata of their topics, and
 * `partitionsOf` throws them.
 */
export function keepErrorsByTopic(cluster: KafkaCluster): void {
  const pool = poolOf(cluster)
  const { createBroker } = pool
  pool.createBroker = (options) => {
    const broker = createBroker(options)
    broker.metadata = (topics) => requestMetadata(broker, topics)
    return broker
  }
}

/**
 * The partitions of a topic by the newest metadata, in order. A partition without a leader has leader -1.
 * @throws KafkaJSProtocolError if the topic does not exist or may not be read
 */
export function partitionsOf(cluster: KafkaCluster, topic: string): TopicMetadata['partitionMetadata'] {
  const known = poolOf(cluster).metadata?.topicMetadata.find((metadata) => metadata.topic === topic)
  const { topicErrorCode, partitionMetadata } = known ?? { topicErrorCode: unknownTopic, partitionMetadata: [] }
  if (topicErrorCode !== 0) throw errorOf(topic, topicErrorCode)
  return [...partitionMetadata].sort((a, b) => a.partitionId - b.partitionId)
}

const poolOf = (cluster: KafkaCluster): BrokerPool => (cluster as unknown as { brokerPool: BrokerPool }).brokerPool

function requestMetadata(broker: KafkaBroker, topics: readonly string[]): Promise<Metadata> {
  const versions = require('kafkajs/src/protocol/requests/metadata') as object
  const toProtocol = broker.lookupRequest(apiKey, versions) as (fields: object) => KafkaProtocol<Metadata>
  const protocol = toProtocol({ topics, allowAutoTopicCreation: false })
  return sendTo(broker, { ...protocol, response: { ...protocol.response, parse: async (decoded) => decoded } })
}

function errorOf(topic: string, code: number): Error {
  const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): Error }
  const error = createErrorFromCode(code)
  error.message = `topic "${topic}": ${error.message}`
  return error
}
