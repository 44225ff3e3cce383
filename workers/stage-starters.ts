import { LiveBacklog } from '../platform/live-backlog.ts'
import type { Consumption, StoredRecord } from '../platform/ports/event-log.ts'
import { recommendationIdKey } from '../platform/recommendation-id-key.ts'
import { defaultAttributionMs } from '../schema/attribution.ts'
import { RecommendationIds } from '../schema/recommendation-id.ts'
import { isBulk } from '../schema/records/headers.ts'
import { RecordAuthenticator } from '../schema/records/record-authenticator.ts'
import { topics } from '../schema/topics.ts'
import { userStates } from './embed/user-states.ts'
import { countStates } from './experiments/count-states.ts'
import { rowStates } from './learn/row-states.ts'
import { createTally } from './quality/score-list.ts'
import type { ReadModels } from './read-models.ts'
import { ImpressionPace } from './recommend/impression-pace.ts'
import { memoryStates } from './runner/memory-states.ts'
import type { Urgency } from './runner/pending-records.ts'
import { refreshOutdated } from './runner/refresh-outdated.ts'
import { runStage } from './runner/run-stage.ts'
import { noStates } from './runner/stage.ts'
import type { StageMeters } from './stage-meters.ts'
import { type StageName, topology } from './topology.ts'
import { countUsers } from './train/count-users.ts'
import { startTrainer } from './train/trainer.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Maximum users whose last list the quality stage keeps; about 600 bytes each. */
const publishedMax = 50_000

const coveredRecords =
  'compaction has removed records that were not read yet, and older ones of the same users may have stayed: these users ' +
  'get a new list; a stage was behind for longer than min.compaction.lag.ms of its topic'

type Starters = Readonly<Record<StageName, () => Promise<Consumption>>>

/** How each stage is started: its states, context and meter, and its special parts. */
export class StageStarters implements Starters {
  constructor(
    private readonly parts: WorkerParts,
    /** Those that the stages to be started use. */
    private readonly models: ReadModels,
    private readonly meters: StageMeters,
  ) {}

  async backfill(): Promise<Consumption> {
    const { log, clock } = this.parts
    const backlog = new LiveBacklog({ log, clock, share: 0.5 })
    const context = { authenticator: new RecordAuthenticator(await this.idKey()) }
    const feeding = await runStage({
      ...this.common(),
      stage: topology.backfill,
      context: () => context,
      meter: this.meters.open('backfill'),
      pace: (partition: number) => backlog.room(partition),
    })
    const stop = (drainMsMax?: number) => {
      backlog.stop()
      return feeding.stop(drainMsMax)
    }
    return { ended: feeding.ended, stop }
  }

  async embed(): Promise<Consumption> {
    const { log, store, config } = this.parts
    const { replica, rules } = this.models
    const partitions = await log.partitionCount(topics.interactions)
    const key = await this.idKey()
    const authenticator = new RecordAuthenticator(key)
    const attributionMs = (experiment: string) =>
      rules!.current().document.experiments.find(({ name }) => name === experiment)?.attribution ?? defaultAttributionMs
    const goals = { ids: new RecommendationIds(key), attributionMs, currency: config.CURRENCY }
    return runStage({
      ...this.common(),
      stage: topology.embed,
      urgencyOf: this.urgencyOf,
      openStates: userStates({
        store,
        epoch: config.EPOCH,
        endOffset: async (partition) => (await log.endOffsets(topics.interactions))[partition] ?? 0,
      }),
      context: () => ({ model: replica!.model(), epoch: config.EPOCH, partitions, authenticator, goals }),
      meter: this.meters.open('embed', () => ({ modelVersion: this.modelVersion() })),
    })
  }

  async learn(): Promise<Consumption> {
    const { log, instance } = this.parts
    const openStates = rowStates(log, instance)
    const context = { writer: instance }
    const learning = await runStage({
      ...this.common(),
      stage: topology.learn,
      openStates,
      context: () => context,
      meter: this.meters.open('learn'),
    })
    return andThenStop(learning, () => openStates.stop())
  }

  recommend(): Promise<Consumption> {
    const { clock, config } = this.parts
    const replica = this.models.replica!
    return runStage({
      ...this.common(),
      stage: topology.recommend,
      pacing: new ImpressionPace(clock),
      onSuspects: this.refresh(topology.recommend),
      urgencyOf: this.urgencyOf,
      context: () => ({
        recommender: replica.recommender,
        modelVersion: this.modelVersion(),
        logTime: replica.logTime(),
        storedMax: config.PICKS_STORED,
      }),
      meter: this.meters.open('recommend', () => ({ modelVersion: this.modelVersion() })),
    })
  }

  sink(): Promise<Consumption> {
    return runStage({
      ...this.common(),
      stage: topology.sink,
      onSuspects: this.refresh(topology.sink),
      context: () => undefined,
      meter: this.meters.open('sink'),
    })
  }

  archive(): Promise<Consumption> {
    const context = { epoch: this.parts.config.EPOCH }
    return runStage({
      ...this.common(),
      stage: topology.archive,
      context: () => context,
      meter: this.meters.open('archive'),
    })
  }

  quality(): Promise<Consumption> {
    const tally = createTally()
    return runStage({
      ...this.common(),
      stage: topology.quality,
      openStates: memoryStates(publishedMax),
      context: () => ({ tally }),
      meter: this.meters.open('quality', () => ({ quality: tally.hours() })),
    })
  }

  experiments(): Promise<Consumption> {
    return runStage({
      ...this.common(),
      stage: topology.experiments,
      openStates: countStates(this.parts.store),
      context: () => undefined,
      meter: this.meters.open('experiments'),
    })
  }

  catalogue(): Promise<Consumption> {
    return runStage({
      ...this.common(),
      stage: topology.catalogue,
      context: () => undefined,
      meter: this.meters.open('catalogue'),
    })
  }

  async train(): Promise<Consumption> {
    const { store, clock, logger } = this.parts
    const counting = countUsers(store, clock, logger)
    const training = await startTrainer({
      ...this.parts,
      replica: this.models.replica!,
      meter: this.meters.open('train', () => ({ users: counting.users() })),
      authenticator: new RecordAuthenticator(await this.idKey()),
    })
    return andThenStop(training, () => counting.stop())
  }

  /** The parts with which every stage is started. */
  private common() {
    const { log, store, writeTogether, clock, tracing } = this.parts
    return { log, store, writeTogether, clock, tracing, openStates: noStates, countsAttempts: true }
  }

  private readonly urgencyOf = ({ key, headers }: StoredRecord): Urgency =>
    this.models.watched!.has(key) ? 'watched' : isBulk(headers) ? 'bulk' : 'live'

  private refresh(stage: { readonly conflateBy?: (record: StoredRecord) => bigint }) {
    return async (records: readonly StoredRecord[]) => {
      const users = await refreshOutdated(this.parts, records, stage.conflateBy!)
      if (users > 0) this.parts.logger.warn({ users }, coveredRecords)
    }
  }

  private modelVersion(): number {
    return this.models.replica?.model()?.version ?? 0
  }

  private idKey() {
    return recommendationIdKey(this.parts.config, this.parts.store)
  }
}

/** Adds a `stop` to the consumption that also stops its parts. */
const andThenStop = (consumption: Consumption, stopUsed: () => Promise<void>): Consumption => ({
  ended: consumption.ended,
  async stop(drainMsMax) {
    await consumption.stop(drainMsMax)
    await stopUsed()
  },
})
