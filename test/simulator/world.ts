import { Recommender } from '../../engine/recommender.ts'
import type { Consumption, StoredRecord } from '../../platform/ports/event-log.ts'
import type { WriteTogether } from '../../platform/ports/write-together.ts'
import { followReplica } from '../../platform/read-models/replica.ts'
import { type TopicName, topicSpecs, topics } from '../../schema/topics.ts'
import { UserStateCache } from '../../workers/embed/user-state-cache.ts'
import { userStates } from '../../workers/embed/user-states.ts'
import { rowStates } from '../../workers/learn/row-states.ts'
import type { StageMeter } from '../../workers/runner/meter.ts'
import { urgencies } from '../../workers/runner/pending-records.ts'
import { refreshOutdated } from '../../workers/runner/refresh-outdated.ts'
import { runStage } from '../../workers/runner/run-stage.ts'
import { noStates } from '../../workers/runner/stage.ts'
import type { Dice } from './dice.ts'
import { unbroken, type Workings } from './mutations.ts'
import { type Owner, Scheduler, type Weather } from './scheduler.ts'
import { authenticator } from './secret.ts'
import { SimLog } from './sim-log.ts'
import { type RowWatch, SimStore } from './sim-store.ts'

export const epoch = 0
export const storedMax = 20
export const simulatedStages = ['backfill', 'embed', 'learn', 'recommend', 'sink', 'archive', 'catalogue'] as const
export type SimulatedStage = (typeof simulatedStages)[number]

/** What differs from one history to the next without a roll of the dice. */
export interface Settings {
  /** Whether the platform writes records and rows in one step. */
  readonly writesTogether: boolean
  /** What one process holds of its states in memory, bytes. */
  readonly cachedBytes: { readonly decoded: number; readonly encoded: number }
  /** Users of whom the recommend stage makes a list at a time. */
  readonly listsAtATime: number
  /** Events that the embed stage applies at a time. */
  readonly eventsAtATime: number
}

export function settingsOf(seed: number): Settings {
  return {
    writesTogether: seed % 2 === 0,
    cachedBytes: { decoded: cachedBytes[seed % 3]!, encoded: cachedBytes[Math.floor(seed / 3) % 3]! },
    listsAtATime: [1, 2, 6][(seed >> 1) % 3]!,
    eventsAtATime: [2, 5, 1000][(seed >> 2) % 3]!,
  }
}

/** Nothing, a few users, all. */
const cachedBytes = [1, 5_000, 1_000_000] as const

/** As Kafka and Cassandra. */
const plainSettings: Settings = {
  writesTogether: false,
  cachedBytes: { decoded: 1, encoded: 1 },
  listsAtATime: 6,
  eventsAtATime: 1000,
}
/** The embed stage may not run anywhere for a while: then the backfill goes on without it. */
const looksMax = 20

interface Parts {
  readonly dice: Dice
  readonly weather: Weather
  readonly partitions: number
  readonly workings?: Workings
  readonly settings?: Settings
  readonly watch?: RowWatch
  readonly onTrace?: (line: string) => void
}

/** A log, a store, a clock, and the processes that run the stages on them. */
export class World {
  readonly scheduler: Scheduler
  readonly log: SimLog
  readonly store: SimStore
  readonly processes = new Set<SimProcess>()
  readonly workings: Workings
  private readonly settings: Settings
  private started = 0

  constructor(parts: Parts) {
    const { dice, weather, partitions, workings = unbroken, watch = () => {}, onTrace } = parts
    this.settings = parts.settings ?? plainSettings
    this.scheduler = new Scheduler(dice, weather, onTrace)
    this.log = new SimLog(this.scheduler, topicSpecs(partitions))
    this.store = new SimStore(this.scheduler, watch)
    this.workings = workings
    this.store.newestWins = workings.newestWins
  }

  start(stages: readonly SimulatedStage[]): SimProcess {
    const process = new SimProcess(`p${++this.started}`, stages)
    this.processes.add(process)
    this.scheduler.note(`${process.name} starts ${stages.join(' ')}`)
    void this.run(process)
    return process
  }

  crash(process: SimProcess): void {
    this.scheduler.note(`${process.name} dies`)
    this.processes.delete(process)
    this.log.crash(process)
    this.scheduler.crash(process)
  }

  /** Ends a process as an operator does: what it has in hand is finished first. */
  async stop(process: SimProcess): Promise<void> {
    this.scheduler.note(`${process.name} is asked to stop`)
    this.processes.delete(process)
    await Promise.all(process.consumptions.map((consumption) => consumption.stop()))
    this.crash(process)
  }

  /** Lets everything that is under way come to its end. @throws Error when it does not. */
  async drain(stepsMax = 60_000): Promise<void> {
    const limit = this.scheduler.steps + stepsMax
    while (await this.scheduler.step()) {
      if (this.scheduler.steps > limit) throw new Error(`nothing comes to rest within ${stepsMax} steps`)
    }
    for (const [name, group] of this.log.groups) {
      if (!group.caughtUp) throw new Error(`the ${name} stage stands still with records left`)
    }
  }

  /** As workers/start-workers.ts does it, without the clients and the clocks. */
  private async run(process: SimProcess): Promise<void> {
    const { workings, scheduler } = this
    const { writesTogether, cachedBytes, listsAtATime, eventsAtATime } = this.settings
    const log = workings.log(this.log.forOwner(process))
    const store = this.store.forOwner(process)
    const together: WriteTogether = (records, puts) =>
      scheduler.write(process, 'write together', () => {
        for (const [topic, some] of records) this.log.appendNow(topic, some)
        for (const each of puts) this.store.putNow(each)
      })
    const writeTogether = writesTogether ? together : undefined
    const plain = { log, store, writeTogether, clock: scheduler.clockOf(process), meter: silent, openStates: noStates }
    const refresh = (stage: typeof workings.recommend | typeof workings.sink) => (records: readonly StoredRecord[]) =>
      refreshOutdated({ log, store }, records, stage.conflateBy!)
    const endOffset = async (partition: number) => (await log.endOffsets(topics.interactions))[partition]!
    const starters: Record<SimulatedStage, () => Promise<Consumption>> = {
      backfill: () =>
        runStage({
          ...plain,
          stage: workings.backfill,
          context: () => ({ authenticator }),
          pace: (partition) => this.room(process, partition),
        }),
      embed: () =>
        runStage({
          ...plain,
          stage: { ...workings.embed, subBatchRecordsMax: eventsAtATime },
          urgencyOf: () => scheduler.dice.pick(urgencies),
          openStates: workings.userStates(
            userStates({ store, epoch, cache: new UserStateCache(cachedBytes), endOffset }),
          ),
          context: () => ({
            model: null,
            epoch,
            authenticator,
            partitions: this.log.topic(topics.interactions).partitions.length,
          }),
        }),
      learn: () =>
        runStage({
          ...plain,
          stage: workings.learn,
          openStates: rowStates(log, process.name, cachedBytes.decoded),
          context: () => ({ writer: process.name }),
        }),
      recommend: async () => {
        const replica = await followReplica({ log, store, recommender: new Recommender({ limitMax: 64 }) })
        await replica.caughtUp
        return runStage({
          ...plain,
          stage: { ...workings.recommend, subBatchRecordsMax: listsAtATime },
          onSuspects: refresh(workings.recommend),
          urgencyOf: () => scheduler.dice.pick(urgencies),
          context: () => ({
            recommender: replica.recommender,
            modelVersion: 0,
            item: replica.item,
            logTime: replica.logTime(),
            storedMax,
          }),
        })
      },
      sink: () =>
        runStage({ ...plain, stage: workings.sink, onSuspects: refresh(workings.sink), context: () => undefined }),
      archive: () => runStage({ ...plain, stage: workings.archive, context: () => ({ epoch }) }),
      catalogue: () => runStage({ ...plain, stage: workings.catalogue, context: () => undefined }),
    }
    for (const stage of process.stages) process.consumptions.push(await starters[stage]())
  }

  /** As platform/live-backlog.ts, without its clock: a few records at a time, once few others wait. */
  private async room(process: SimProcess, partition: number): Promise<number> {
    const { log, scheduler } = this
    const waiting = () => log.waitingBefore('embed', topics.interactions, partition)
    for (let looks = 0; looks < looksMax; looks++) {
      if ((await scheduler.call(process, `waits for room in ${partition}`, waiting)) < 4) break
    }
    return scheduler.dice.between(1, 3)
  }

  records(topic: TopicName) {
    return this.log.topic(topic).all()
  }

  freeze(topic: TopicName): void {
    this.log.topic(topic).frozen = []
  }
}

export class SimProcess implements Owner {
  alive = true
  readonly consumptions: Consumption[] = []

  constructor(
    readonly name: string,
    readonly stages: readonly SimulatedStage[],
  ) {}
}

const silent: StageMeter = {
  done: () => {},
  failed: () => {},
  forwarded: () => {},
  unverified: () => {},
  report: () => {
    throw new Error('not reported in a simulation')
  },
}

export const compactedTopics = [topics.userVectors, topics.lists, topics.sideRows, topics.items] as const
