import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { pipelineMembers } from '../../schema/event-flow.ts'
import type { ModelVersion, QualityHour } from '../../schema/graphql/operations.ts'
import type { ModelStatus, PipelineStatus, StageStatus } from '../../schema/graphql/pipeline.ts'
import {
  type CommandOutcome,
  decodeOutcome,
  decodeServing,
  outcomeKey,
  type ServingModel,
  servingKey,
  versionPrefix,
} from '../../schema/records/model.ts'
import { decodeStageReport, type StageReport } from '../../schema/records/stage-status.ts'
import { topics } from '../../schema/topics.ts'
import type { Lags } from './lags.ts'

interface Deps {
  readonly clock: Clock
  readonly lags: Lags
  readonly logger: Logger
  /** Figures that only this server knows. */
  readonly subscribers: () => number
  readonly items: () => number
  readonly rulesVersion: () => number
}

const members = pipelineMembers.map(([name, member]) => ({ name, ...member }))

/** Age above which a report is taken to be of an instance that has ended. */
const reportMsMax = 5_000

/** The reports of the stages and the model in use, followed from their topics. */
export class Pipeline {
  private readonly reports = new Map<string, StageReport>()
  private readonly outcomeListeners = new Map<string, (outcome: CommandOutcome) => void>()
  private readonly versions = new Map<string, ServingModel>()
  private serving: ServingModel | undefined

  constructor(private readonly deps: Deps) {}

  follow(log: EventLog): Promise<Following[]> {
    return Promise.all([
      log.follow({ topic: topics.stageStatus, from: 'beginning' }, (records) => this.takeReports(records)),
      log.follow({ topic: topics.models, from: 'beginning' }, (records) => this.takeModels(records)),
    ])
  }

  takeReports(records: readonly StoredRecord[]): void {
    for (const { key, value, offset } of records) {
      try {
        if (value === null) this.reports.delete(key)
        else this.takeReport(key, decodeStageReport(value))
      } catch (error) {
        this.skip(topics.stageStatus, offset, error)
      }
    }
  }

  private takeReport(key: string, report: StageReport): void {
    this.reports.set(key, report)
    if (report.from !== undefined) this.deps.lags.note(report.stage, report.from)
  }

  takeModels(records: readonly StoredRecord[]): void {
    for (const { key, value, offset } of records) {
      if (value === null) {
        this.versions.delete(key)
        continue
      }
      try {
        if (key.startsWith(versionPrefix)) this.versions.set(key, decodeServing(value))
        if (key === servingKey) this.serving = decodeServing(value)
        else if (key.startsWith(outcomeKey(''))) {
          const outcome = decodeOutcome(value)
          this.outcomeListeners.get(outcome.commandId)?.(outcome)
        }
      } catch (error) {
        this.skip(topics.models, offset, error)
      }
    }
  }

  /** Calls the listener once the command is done. */
  onOutcome(commandId: string, listener: (outcome: CommandOutcome) => void): () => void {
    this.outcomeListeners.set(commandId, listener)
    return () => this.outcomeListeners.delete(commandId)
  }

  /** Reports of instances that run. */
  live(): StageReport[] {
    const now = this.deps.clock.now()
    for (const [key, report] of this.reports) if (now - report.reportedAt > reportMsMax) this.reports.delete(key)
    return [...this.reports.values()]
  }

  model(): ModelStatus {
    const { version, trainedAt, events, users, items } = this.serving ?? none
    return { version, trainedAt, events, users, items }
  }

  /** Models that are kept, newest first. */
  models(): ModelVersion[] {
    return [...this.versions.values()]
      .sort((a, b) => b.version - a.version)
      .map((model) => ({ ...model, serving: model.version === this.serving?.version }))
  }

  /** Over all instances that score, oldest hour first. */
  quality(): QualityHour[] {
    const sums = new Map<number, { scored: number; hits: number; reciprocalRanks: number }>()
    for (const { quality = [] } of this.live()) {
      for (const { hour, scored, hits, reciprocalRanks } of quality) {
        const sum = sums.get(hour) ?? { scored: 0, hits: 0, reciprocalRanks: 0 }
        sum.scored += scored
        sum.hits += hits
        sum.reciprocalRanks += reciprocalRanks
        sums.set(hour, sum)
      }
    }
    return [...sums]
      .sort(([a], [b]) => a - b)
      .map(([hour, { scored, hits, reciprocalRanks }]) => ({
        hour,
        scored,
        hitRate: hits / scored,
        meanReciprocalRank: reciprocalRanks / scored,
      }))
  }

  status(): PipelineStatus {
    const reports = this.live()
    return {
      stages: toStages(reports, this.deps.lags),
      members,
      model: this.model(),
      subscribers: this.deps.subscribers(),
      users: Math.max(0, ...reports.map(({ users = 0 }) => users)), // every trainer counts all of them
      items: this.deps.items(),
      rulesVersion: this.deps.rulesVersion(),
    }
  }

  private skip(topic: string, offset: number, error: unknown): void {
    this.deps.logger.warn({ topic, offset, reason: messageOf(error) }, 'a record was skipped')
  }
}

const none = { version: 0, trainedAt: null, events: 0, users: 0, items: 0 }

/**
 * Adds up rates. The median latency is weighted by the work of each instance; the 99th percentile is the worst one. A
 * stage without workers is recognized by its lag.
 */
function toStages(reports: readonly StageReport[], lags: Lags): StageStatus[] {
  const byName = groupByStage(reports)
  for (const name of lags.stages()) if (!byName.has(name)) byName.set(name, [])
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, instances]) => {
      const lag = lags.of(name)
      if (lag === undefined) return []
      const sum = (of: (report: StageReport) => number) => instances.reduce((total, report) => total + of(report), 0)
      const rate = sum((report) => report.processedPerSecond)
      const p50Ms =
        rate > 0
          ? sum((report) => report.p50Ms * report.processedPerSecond) / rate
          : Math.max(0, ...instances.map((report) => report.p50Ms))
      return {
        name,
        lag,
        processedPerSecond: rate,
        p50Ms,
        p99Ms: Math.max(0, ...instances.map((report) => report.p99Ms)),
        deadLetters: sum((report) => report.deadLetters),
      }
    })
}

function groupByStage(reports: readonly StageReport[]): Map<string, StageReport[]> {
  const byName = new Map<string, StageReport[]>()
  for (const report of reports) {
    const known = byName.get(report.stage)
    if (known) known.push(report)
    else byName.set(report.stage, [report])
  }
  return byName
}
