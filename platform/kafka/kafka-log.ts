import type { ConnectionOptions } from 'node:tls'
import { Kafka, type SASLOptions } from 'kafkajs'
import type { TopicSpec } from '../../schema/topics.ts'
import { type Logger, silentLogger } from '../logger.ts'
import { OutageLog } from '../outage-log.ts'
import type {
  BatchHandler,
  ConsumeOptions,
  Consumption,
  EventLog,
  FollowHandler,
  Following,
  FollowOptions,
  LogRecord,
  Position,
  StoredRecord,
} from '../ports/event-log.ts'
import { boundHeaders } from './bounded-headers.ts'
import { registerCodecs } from './codecs/register.ts'
import { createMissingTopics } from './create-topics.ts'
import { Follower } from './follower.ts'
import { GroupConsumer } from './group-consumer.ts'
import { KafkaAppender } from './kafka-appender.ts'
import { KafkaConnection } from './kafka-connection.ts'
import { unavailable } from './kafka-errors.ts'
import { KafkaTools } from './kafka-tools.ts'
import type { LogCreator } from './kafkajs-internals.ts'
import { stepOverBatches } from './lenient-batches.ts'
import { quietRequestQueues } from './quiet-request-queue.ts'
import { settledWithin } from './settled-within.ts'

export interface KafkaLogOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Prefix of every topic and group, so that several shops can share one cluster. */
  readonly namespace: string
  readonly ssl?: ConnectionOptions | boolean
  readonly sasl?: SASLOptions
  readonly logger?: Logger
  /** An append without a confirmation for this time is rejected as retriable. Default: 10,000. */
  readonly appendMsMax?: number
  /** Maximum bytes of records that are queued or in flight. Default: 32 MiB. */
  readonly bufferBytesMax?: number
  /**
   * How long the first record of an idle partition waits for further records of its batch. Default: 0, those of the
   * same turn of the event loop.
   */
  readonly lingerMs?: number
  /** Batches from this size on are compressed; for smaller ones it does not pay. Default: 32 KiB. */
  readonly compressedBytesMin?: number
  /** A member without a heartbeat for this time loses its partitions. Default: 30,000. */
  readonly sessionMs?: number
  /** Default: 3,000. */
  readonly heartbeatMs?: number
  /** How long a rebalance waits for every member to rejoin. Default: 60,000. */
  readonly rebalanceMs?: number
  /** Maximum time that a broker waits for records before it answers a fetch. Default: 250. */
  readonly fetchWaitMs?: number
  /** Default: 15,000. */
  readonly requestMsMax?: number
}

const defaults = {
  appendMsMax: 10_000,
  bufferBytesMax: 32 * 1024 * 1024,
  lingerMs: 0,
  compressedBytesMin: 32 * 1024,
  sessionMs: 30_000,
  heartbeatMs: 3_000,
  rebalanceMs: 60_000,
  fetchWaitMs: 250,
  requestMsMax: 15_000,
}

const partitionBytesMax = 256 * 1024
const adminRetry = { initialRetryTime: 200, maxRetryTime: 2_000, retries: 10 }

/** Returns at once; connections are opened on first use. */
export function openKafkaLog(options: KafkaLogOptions): EventLog {
  quietRequestQueues()
  stepOverBatches()
  boundHeaders()
  registerCodecs()
  return new KafkaLog({ ...defaults, ...options })
}

class KafkaLog implements EventLog {
  private readonly logger: Logger
  /** Separate connections, so that requests of tools do not queue behind appends. */
  private readonly appends: KafkaConnection
  private readonly reader: KafkaConnection
  private readonly tools: KafkaTools
  private readonly appender: KafkaAppender
  private readonly consumptions: { stop(): Promise<void> }[] = []

  constructor(private readonly options: KafkaLogOptions & typeof defaults) {
    this.logger = options.logger ?? silentLogger
    this.appends = this.connection('append')
    this.reader = this.connection('tools')
    const nameOf = (name: string) => this.nameOf(name)
    this.tools = new KafkaTools(this.reader, nameOf, (topic) => this.partitionCount(topic))
    this.appender = new KafkaAppender(this.appends, {
      ...options,
      onRetry: (error) => this.logger.debug({ err: error }, 'append failed; retrying'),
      outages: new OutageLog({ logger: this.logger, system: 'Kafka' }),
    })
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<void> {
    const { brokers, clientId, ssl, sasl } = this.options
    const kafka = new Kafka({
      clientId: `${clientId}.admin`,
      brokers: [...brokers],
      ssl,
      sasl,
      retry: adminRetry,
      connectionTimeout: 3_000,
      logCreator: () => logTo(this.logger),
    })
    const admin = kafka.admin()
    try {
      await admin.connect()
      await createMissingTopics(admin, specs, (topic) => this.nameOf(topic), this.logger)
    } catch (error) {
      throw unavailable('the topics could not be created', error)
    } finally {
      await settledWithin(2_000, admin.disconnect())
    }
    await Promise.all(specs.map(({ name }) => this.tools.awaitLeaders(name)))
  }

  append(topic: string, records: readonly LogRecord[]): Promise<Position[]> {
    return this.appender.append(this.nameOf(topic), records)
  }

  async consume({ group, topics, batchRecordsMax = 500 }: ConsumeOptions, handle: BatchHandler): Promise<Consumption> {
    const { options, logger } = this
    const consumer = new GroupConsumer(
      this.connection(group),
      {
        ...options,
        groupId: this.nameOf(group),
        topics: topics.map((topic) => this.nameOf(topic)),
        batchRecordsMax,
        partitionBytesMax,
        nameOf: (topic) => topic.slice(options.namespace.length + 1),
        logger,
      },
      handle,
    )
    return this.remember(consumer)
  }

  async follow({ topic, from, partitions, onGap }: FollowOptions, handle: FollowHandler): Promise<Following> {
    const endOffsets = await this.endOffsets(topic)
    const { fetchWaitMs } = this.options
    const follower = new Follower(
      this.connection(`follow.${topic}`),
      {
        topic: this.nameOf(topic),
        topicName: topic,
        from,
        partitions,
        endOffsets,
        onGap,
        fetchWaitMs,
        partitionBytesMax,
        logger: this.logger,
      },
      handle,
    )
    return this.remember(follower)
  }

  read(topic: string, partition: number, fromOffset: number, limit: number): Promise<StoredRecord[]> {
    return this.tools.read(topic, partition, fromOffset, limit)
  }

  startOffsets(topic: string): Promise<number[]> {
    return this.tools.startOffsets(topic)
  }

  endOffsets(topic: string): Promise<number[]> {
    return this.tools.endOffsets(topic)
  }

  committedOffsets(group: string, topic: string): Promise<number[]> {
    return this.tools.committedOffsets(group, topic)
  }

  partitionCount(topic: string): Promise<number> {
    return this.appender.partitionCount(this.nameOf(topic))
  }

  async close(): Promise<void> {
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()))
    await this.appender.close()
    await settledWithin(3_000, Promise.all([this.appends.close(), this.reader.close()]))
  }

  private nameOf(name: string): string {
    return `${this.options.namespace}.${name}`
  }

  private remember<Running extends { stop(): Promise<void> }>(running: Running): Running {
    this.consumptions.push(running) // stopping one twice is harmless
    return running
  }

  private connection(purpose: string): KafkaConnection {
    const { brokers, clientId, ssl, sasl, requestMsMax } = this.options
    return new KafkaConnection({
      brokers,
      clientId: `${clientId}.${purpose}`,
      ssl,
      sasl,
      connectionTimeout: 3_000,
      authenticationTimeout: 10_000,
      requestTimeout: requestMsMax,
      metadataMaxAge: 60_000,
      logCreator: () => logTo(this.logger),
    })
  }
}

const kafkajsLevel = { error: 1, warn: 2 }

/** The library logs failures as errors that it retries, mostly with success: they are logged as debug. */
function logTo(logger: Logger): ReturnType<LogCreator> {
  return ({ level, log: { message, stack, timestamp, logger: _, ...details } }) => {
    if (level <= kafkajsLevel.warn) logger.debug(details, `kafkajs: ${message}`)
    else logger.trace(details, `kafkajs: ${message}`)
  }
}
