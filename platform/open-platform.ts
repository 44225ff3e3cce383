import type { MessagePort } from 'node:worker_threads'
import { topicSpecs } from '../schema/topics.ts'
import type { Config } from './config.ts'
import type { Logger } from './logger.ts'
import { OutageLog } from './outage-log.ts'
import { systemClock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'
import type { Store } from './ports/store.ts'
import type { WriteTogether } from './ports/write-together.ts'
import { requireSameTopic } from './require-same-topic.ts'
import { requireStoredLists } from './require-stored-lists.ts'

export interface Platform {
  readonly log: EventLog
  readonly store: Store
  /** Embedded only. */
  readonly writeTogether?: WriteTogether
  /** Embedded only. @throws AppError UNAVAILABLE if nothing can be written at present, for example on a full disk */
  checkWritable?(): Promise<void>
  /** Embedded only. Returns a port for another thread of this process, to be transferred to it as its `writer`. */
  connectWriter?(): MessagePort
  /** Closes the log first (it flushes its buffer), then the store. */
  close(): Promise<void>
}

interface Options {
  readonly config: Config
  readonly logger: Logger
  /** Name of this process in the client id of Kafka. */
  readonly name: string
  /** Embedded only. Whether to lock the folder for this process; further threads of it do not. Default: true. */
  readonly lock?: boolean
  /** Embedded only. From connectWriter() of the thread that locks the folder: writes of both share commits. */
  readonly writer?: MessagePort
}

/**
 * With one partition all events have one order, so a replay on one machine is exact; a cluster distributes the work.
 */
const partitionsDefault = { embedded: 1, cluster: 12 }

const dayMs = 86_400_000

/**
 * Opens the log and the store of the configured platform, and creates missing topics and tables. The only function that
 * knows which adapters are in use.
 * @throws Error or AppError if the platform cannot be used: unreachable, in use, damaged, or with other partitions
 */
export async function openPlatform(options: Options): Promise<Platform> {
  const { config } = options
  const platform = config.PLATFORM === 'embedded' ? await embedded(options) : await cluster(options)
  const { log, store, close } = platform
  try {
    const partitions = config.PARTITIONS ?? partitionsDefault[config.PLATFORM]
    const retentionMs = config.RETENTION_DAYS === undefined ? undefined : config.RETENTION_DAYS * dayMs
    await log.createTopics(topicSpecs(partitions, retentionMs))
    await store.migrate()
    await requireSameTopic(log, store, config.EPOCH, systemClock.now())
    // On the embedded platform they are one file; after a salvage, lists may be missing until the rebuild.
    if (config.PLATFORM === 'cluster') await requireStoredLists(log, store, config.EPOCH)
  } catch (error) {
    await close()
    throw error
  }
  return platform
}

async function embedded({ config, logger, lock = true, writer }: Options): Promise<Platform> {
  const { openEmbedded } = await import('./embedded/open-embedded.ts')
  const onError = (error: unknown) => logger.warn({ err: error }, 'background work failed; it is retried')
  const outages = new OutageLog({ logger, system: 'Data folder' })
  return openEmbedded({ dir: config.DATA_DIR, lock, verify: lock, writer, onError, outages })
}

async function cluster({ config, logger, name }: Options): Promise<Platform> {
  const [{ openKafkaLog }, { kafkaOptions }] = await Promise.all([
    import('./kafka/kafka-log.ts'),
    import('./kafka/options-from-config.ts'),
  ])
  const [{ openCassandraStore }, { cassandraOptions }] = await Promise.all([
    import('./cassandra/cassandra-store.ts'),
    import('./cassandra/options-from-config.ts'),
  ])
  const log = openKafkaLog(kafkaOptions(config, `pickstream-${name}`, logger))
  const store = openCassandraStore(cassandraOptions(config, logger))
  const close = async () => {
    await log.close()
    await store.close()
  }
  return { log, store, close }
}
