import { createRequire } from 'node:module'
import type { ConnectionOptions } from 'node:tls'
import type { SASLOptions } from 'kafkajs'

/**
 * The parts of kafkajs 2.2.4 below its Producer and Consumer: the client of one broker, the pool of brokers with its
 * metadata, and the codec of group membership. Why they are used directly: docs/adr/0004-kafkajs.md. The version is
 * pinned exactly and the library is no longer changed, so these types stay correct.
 */
const require = createRequire(import.meta.url)

export interface KafkaBroker {
  readonly nodeId: number
  isConnected(): boolean
  disconnect(): Promise<void>
  readonly connectionPool: { send<Response>(protocol: KafkaProtocol<Response>): Promise<Response> }
  /** Returns the newest version of a request that the library and this broker support. */
  lookupRequest(apiKey: number, versions: object): (fields: object) => KafkaProtocol<unknown>
  fetch(request: FetchRequest): Promise<FetchResponse>
  listOffsets(request: { topics: readonly ListOffsetsTopic[] }): Promise<ListOffsetsResponse>
  joinGroup(request: {
    readonly groupId: string
    readonly sessionTimeout: number
    readonly rebalanceTimeout: number
    readonly memberId: string
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[]
  }): Promise<JoinGroupResponse>
  syncGroup(request: {
    readonly groupId: string
    readonly generationId: number
    readonly memberId: string
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[]
  }): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: GroupMembership): Promise<unknown>
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
  offsetCommit(request: GroupMembership & { topics: readonly OffsetCommitTopic[] }): Promise<unknown>
  offsetFetch(request: { groupId: string; topics: readonly TopicPartitions[] }): Promise<OffsetFetchResponse>
}

export interface KafkaCluster {
  readonly targetTopics: ReadonlySet<string>
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  removeBroker(address: { host: string; port: number }): void
  findBroker(node: { nodeId: number | string }): Promise<KafkaBroker>
  findGroupCoordinator(group: { groupId: string }): Promise<KafkaBroker>
}

export interface TopicMetadata {
  readonly topic: string
  /** 0: no error. */
  readonly topicErrorCode: number
  readonly partitionMetadata: readonly {
    readonly partitionId: number
    /** -1 while there is none. */
    readonly leader: number
  }[]
}

/** Encodes one request and decodes its response. */
export interface KafkaProtocol<Response> {
  readonly request: { encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }> }
  readonly response: { decode(bytes: Buffer): Promise<Response>; parse(decoded: Response): Promise<Response> }
}

export interface ProduceResponse {
  readonly topics: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[]
  }[]
}

interface FetchRequest {
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly isolationLevel: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[]
  }[]
}

interface FetchResponse {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly {
      readonly partition: number
      readonly highWatermark: string
      readonly abortedTransactions: readonly AbortedTransaction[] | null
      readonly messages: readonly FetchedMessage[]
    }[]
  }[]
}

export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

export interface FetchedMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>
  readonly isControlRecord: boolean
  /** Why a whole batch, whose bytes are the value, could not be decoded (lenient-batches.ts). */
  readonly undecodable?: string
  /** Absent on messages of the formats before Kafka 0.11. */
  readonly batchContext?: {
    readonly firstOffset: string
    readonly lastOffsetDelta: number
    readonly producerId?: string
    readonly inTransaction?: boolean
  }
}

interface ListOffsetsTopic {
  readonly topic: string
  readonly partitions: readonly { partition: number; timestamp: number }[]
}

interface ListOffsetsResponse {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
  }[]
}

interface JoinGroupResponse {
  readonly generationId: number
  readonly leaderId: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

interface GroupMembership {
  readonly groupId: string
  readonly groupGenerationId: number
  readonly memberId: string
}

interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
}

interface OffsetCommitTopic {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
}

interface OffsetFetchResponse {
  readonly responses: OffsetCommitTopic[]
}

/** Receives the log entries of kafkajs; levels as it numbers them. */
export type LogCreator = () => (entry: { level: number; log: { message: string } & Record<string, unknown> }) => void

export interface ClusterSettings {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl?: ConnectionOptions | boolean
  readonly sasl?: SASLOptions
  readonly connectionTimeout: number
  readonly authenticationTimeout: number
  readonly requestTimeout: number
  readonly metadataMaxAge: number
  readonly retry: { readonly initialRetryTime: number; readonly maxRetryTime: number; readonly retries: number }
  readonly logCreator: LogCreator
}

export function createCluster({ logCreator, ...settings }: ClusterSettings): KafkaCluster {
  const Cluster = require('kafkajs/src/cluster') as new (options: object) => KafkaCluster
  const { createLogger, LEVELS } = require('kafkajs/src/loggers') as {
    createLogger(options: object): object
    LEVELS: { INFO: number }
  }
  const createSocketFactory = require('kafkajs/src/network/socketFactory') as () => unknown
  return new Cluster({
    ...settings,
    logger: createLogger({ level: LEVELS.INFO, logCreator }),
    socketFactory: createSocketFactory(),
    reauthenticationThreshold: 10_000,
    enforceRequestTimeout: true,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: readCommitted,
  })
}

export const readCommitted = 1
export const earliest = -2
export const latest = -1

interface MembershipCodec {
  readonly MemberMetadata: {
    encode(metadata: { version: number; topics: readonly string[]; userData?: Buffer }): Buffer
    decode(bytes: Buffer): { topics: string[] }
  }
  readonly MemberAssignment: {
    encode(assignment: { version: number; assignment: Record<string, number[]> }): Buffer
    decode(bytes: Buffer): { assignment: Record<string, number[]> } | null
  }
}

export const membershipCodec = require('kafkajs/src/consumer/assignerProtocol') as MembershipCodec
