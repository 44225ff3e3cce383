import { Recommender } from '../engine/recommender.ts'
import type { Config } from '../platform/config.ts'
import { LiveBacklog } from '../platform/live-backlog.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { Consumption, EventLog, StoredRecord } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import type { WriteTogether } from '../platform/ports/write-together.ts'
import { followReplica, type Replica } from '../platform/read-models/replica.ts'
import { followRules } from '../platform/read-models/rules.ts'
import { recommendationIdKey } from '../platform/recommendation-id-key.ts'
import type { Tracing } from '../platform/tracing.ts'
import { followWatchedUsers } from '../platform/watched-users.ts'
import { defaultAttributionMs } from '../schema/attribution.ts'
import { RecommendationIds } from '../schema/recommendation-id.ts'
import { isBulk } from '../schema/records/headers.ts'
import { RecordAuthenticator } from '../schema/records/record-authenticator.ts'
import { topics } from '../schema/topics.ts'
import { userStates } from './embed/user-states.ts'
import { countStates } from './experiments/count-states.ts'
import { rowStates } from './learn/row-states.ts'
import { createTally } from './quality/score-list.ts'
import { ShowingPace } from './recommend/showing-pace.ts'
import { memoryStates } from './runner/memory-states.ts'
import { createMeter, type StageMeter } from './runner/meter.ts'
import type { Urgency } from './runner/pending-records.ts'
import { refreshOutdated } from './runner/refresh-outdated.ts'
import { type ReportedMeter, startReporting } from './runner/reporting.ts'
import { runStage } from './runner/run-stage.ts'
import { noStates } from './runner/stage.ts'
import { type StageName, topology } from './topology.ts'
import { countUsers } from './train/count-users.ts'
import { startTrainer } from './train/trainer.ts'

export interface WorkerParts {
  readonly log: EventLog
  readonly store: Store
  /** Where the platform has it. */
  readonly writeTogether?: WriteTogether
  readonly clock: Clock
  readonly config: Pick<
    Config,
    'CURRENCY' | 'EPOCH' | 'ID_SECRET' | 'PAIR_USERS' | 'PICKS_STORED' | 'TRAIN_EVENTS' | 'TRAIN_MINUTES'
  >
  readonly logger: Logger
  readonly stages: readonly StageName[]
  readonly tracing?: Tracing
  /** Names this process in the stage reports. */
  readonly instance: string
}

export interface Workers {
  /** Resolves at stop(); rejects when a consumer ended for good. */
  readonly ended: Promise<void>
  /** The item side and the model, as embed, recommend and train use them; undefined where none of these runs. */
  readonly replica: Replica | undefined
  stop(): Promise<void>
}

/** How long a ranking stage waits at the start for its replica; after that it ranks with what it has. */
const restoreMsMax = 30_000

/** Users whose last list the quality stage remembers; about 600 bytes each. */
const publishedMax = 50_000

const outsidePartition =
  "a writer puts records outside their key's partition: they are forwarded, which costs a second copy of each; " +
  'set its partitioner to murmur2 (docs/kafka-writers.md)'

const unverifiedSource =
  'records name a source that no stage of this installation signed (header backfill or forwarded-from): they are taken as ' +
  'records written directly; a writer authenticator headers, or the secret has changed since (docs/record-formats.md)'

const coveredRecords =
  'compaction has removed records that were not read yet, and older ones of the same users may have stayed: these users ' +
  'get a new list; a stage was behind for longer than min.compaction.lag.ms of its topic'

/** Starts the stages named, in this process. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  const { log, store, writeTogether, clock, config, logger, stages, instance } = parts
  const meters: ReportedMeter[] = []
  const running: Consumption[] = []
  const closers: (() => Promise<void>)[] = []
  const ranks = stages.includes('embed') || stages.includes('recommend') || stages.includes('train')
  const replica = ranks ? await openReplica(parts) : undefined
  const rules = stages.includes('embed') ? await followRules(log) : undefined
  const watched =
    stages.includes('embed') || stages.includes('recommend') ? await followWatchedUsers(log, clock) : undefined
  const urgencyOf = ({ key, headers }: StoredRecord): Urgency =>
    watched!.has(key) ? 'watched' : isBulk(headers) ? 'bulk' : 'live'
  const modelVersion = () => replica?.model()?.version ?? 0

  const meterOf = (stage: StageName, more: ReportedMeter['more'] = () => ({})): StageMeter => {
    const meter = createMeter({
      stage,
      instance,
      startedAt: clock.now(),
      onError: (name, reason) => logger.error({ stage: name, reason }, 'batch failed'),
      onForwarded: (forwarded) => logger.warn({ stage, ...forwarded }, outsidePartition),
      onUnverified: (unverified) => logger.warn({ stage, ...unverified }, unverifiedSource),
    })
    const from = stage === 'train' ? {} : { from: topology[stage].from }
    meters.push({ meter, more: () => ({ ...from, ...more() }) })
    return meter
  }
  const refresh = (stage: { readonly conflateBy?: (record: StoredRecord) => bigint }) => {
    return async (records: readonly StoredRecord[]) => {
      const users = await refreshOutdated({ log, store }, records, stage.conflateBy!)
      if (users > 0) logger.warn({ users }, coveredRecords)
    }
  }
  const idKey = () => recommendationIdKey(config, store)
  const { tracing } = parts
  const plain = { log, store, writeTogether, clock, tracing, openStates: noStates, countsAttempts: true }

  const starters: Record<StageName, () => Promise<Consumption>> = {
    backfill: async () => {
      const backlog = new LiveBacklog({ log, clock, share: 0.5 })
      const pace = (partition: number) => backlog.room(partition)
      const stage = topology.backfill
      const meter = meterOf('backfill')
      const context = { authenticator: new RecordAuthenticator(await idKey()) }
      const feeding = await runStage({ ...plain, stage, context: () => context, meter, pace })
      const stop = (drainMsMax?: number) => {
        backlog.stop()
        return feeding.stop(drainMsMax)
      }
      return { ended: feeding.ended, stop }
    },
    embed: async () => {
      const partitions = await log.partitionCount(topics.interactions)
      const key = await idKey()
      const ids = new RecommendationIds(key)
      const authenticator = new RecordAuthenticator(key)
      const attributionMs = (experiment: string) =>
        rules!.current().document.experiments.find(({ name }) => name === experiment)?.attribution ??
        defaultAttributionMs
      const goals = { ids, attributionMs, currency: config.CURRENCY }
      return runStage({
        ...plain,
        stage: topology.embed,
        urgencyOf,
        openStates: userStates(store, config.EPOCH),
        context: () => ({ model: replica?.model() ?? null, epoch: config.EPOCH, partitions, authenticator, goals }),
        meter: meterOf('embed', () => ({ modelVersion: modelVersion() })),
      })
    },
    learn: () => {
      const openStates = rowStates(log, instance)
      closers.push(() => openStates.stop())
      const context = { writer: instance }
      return runStage({
        ...plain,
        stage: topology.learn,
        openStates,
        context: () => context,
        meter: meterOf('learn'),
      })
    },
    recommend: () =>
      runStage({
        ...plain,
        stage: topology.recommend,
        pacing: new ShowingPace(clock),
        onSuspects: refresh(topology.recommend),
        urgencyOf,
        context: () => ({
          recommender: replica!.recommender,
          modelVersion: modelVersion(),
          logTime: replica!.logTime(),
          storedMax: config.PICKS_STORED,
        }),
        meter: meterOf('recommend', () => ({ modelVersion: modelVersion() })),
      }),
    sink: () =>
      runStage({
        ...plain,
        stage: topology.sink,
        onSuspects: refresh(topology.sink),
        context: () => undefined,
        meter: meterOf('sink'),
      }),
    archive: () =>
      runStage({
        ...plain,
        stage: topology.archive,
        context: () => ({ epoch: config.EPOCH }),
        meter: meterOf('archive'),
      }),
    quality: () => {
      const tally = createTally()
      const meter = meterOf('quality', () => ({ quality: tally.hours() }))
      return runStage({
        ...plain,
        stage: topology.quality,
        openStates: memoryStates(publishedMax),
        context: () => ({ tally }),
        meter,
      })
    },
    experiments: () =>
      runStage({
        ...plain,
        stage: topology.experiments,
        openStates: countStates(store),
        context: () => undefined,
        meter: meterOf('experiments'),
      }),
    catalogue: () =>
      runStage({ ...plain, stage: topology.catalogue, context: () => undefined, meter: meterOf('catalogue') }),
    train: async () => {
      const counting = countUsers(store, clock, logger)
      closers.push(() => counting.stop())
      const meter = meterOf('train', () => ({ users: counting.users() }))
      return startTrainer({ ...parts, replica: replica!, meter, authenticator: new RecordAuthenticator(await idKey()) })
    },
  }

  for (const name of stages) running.push(await starters[name]())
  const reporting = startReporting({ log, clock, logger, meters })

  return {
    ended: Promise.all(running.map((one) => one.ended)).then(() => {}),
    replica,
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
      await reporting.stop()
      await Promise.all(closers.map((close) => close()))
      await replica?.stop()
      await watched?.stop()
    },
  }
}

async function openReplica({ log, store, clock, logger, config }: WorkerParts): Promise<Replica> {
  const replica = await followReplica({
    log,
    store,
    recommender: new Recommender({ pairUsersMin: config.PAIR_USERS }),
    onError: (error) => logger.error({ err: error }, 'model could not be loaded; the one before it goes on serving'),
  })
  const timeout = new AbortController()
  await Promise.race([replica.caughtUp, clock.sleep(restoreMsMax, timeout.signal)])
  timeout.abort()
  return replica
}
