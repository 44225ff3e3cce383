import type { MessagePort } from 'node:worker_threads'
import { topicSpecs } from '../schema/topics.ts'
import type { Config } from './config.ts'
import type { Logger } from './logger.ts'
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
  /** Embedded only. @throws AppError UNAVAILABLE where nothing can be written now, for example on a full disk */
  checkWritable?(): Promise<void>
  /** Embedded only: to be transferred to another thread of this process, as its `writer`. */
  connectWriter?(): MessagePort
  /** The log first (it flushes what is buffered), then the store. */
  close(): Promise<void>
}

interface Options {
  readonly config: Config
  readonly logger: Logger
  /** Names this process to a cluster. */
  readonly name: string
  /** Embedded only. The one process that owns the folder takes its lock; further threads of it do not. Default true. */
  readonly lock?: boolean
  /** Embedded only. From connectWriter() of the thread that owns the folder: what both write shares one commit. */
  readonly writer?: MessagePort
}

/** One partition keeps all events in one order, so a replay on one machine is exact; a cluster shares the work out. */
const partitionsDefault = { embedded: 1, cluster: 12 }

const dayMs = 86_400_000

/**
 * The log and the store that the configuration names, with their topics and tables in place. The one function that knows
 * which adapter is in use.
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
  const onError = (error: unknown) => logger.warn({ err: error }, 'work in the background failed and is tried again')
  return openEmbedded({ dir: config.DATA_DIR, lock, verify: lock, writer, onError })
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
