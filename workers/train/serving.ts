import type { EventLog } from '../../platform/ports/event-log.ts'
import {
  decodeServing,
  outcomePrefix,
  type ServingModel,
  servingKey,
  versionPrefix,
} from '../../schema/records/model.ts'
import { decodeStageReport, type StageReport } from '../../schema/records/stage-status.ts'
import { topics } from '../../schema/topics.ts'

/** The model in use, and by which stages: from the newest record of topic models and the reports of the stages. */
export interface ServingView {
  current(): ServingModel | undefined
  /** Versions published so far and still in the topic, newest first. */
  known(): readonly ServingModel[]
  /** Whether the outcome of a command has been read since this view was opened. */
  isDone(commandId: string): boolean
  /** Stages that have reported since `since` and do not use this version yet. */
  instancesBehind(version: number, since: number): readonly StageReport[]
  stop(): Promise<void>
}

export async function followServing(log: EventLog): Promise<ServingView> {
  let current: ServingModel | undefined
  const known = new Map<number, ServingModel>()
  const done = new Set<string>()
  const reports = new Map<string, StageReport>()

  const models = await log.follow({ topic: topics.models, from: 'beginning' }, (records) => {
    for (const { key, value } of records) {
      if (key.startsWith(outcomePrefix)) done.add(key.slice(outcomePrefix.length))
      if (value === null || !(key === servingKey || key.startsWith(versionPrefix))) continue
      const model = decodeServing(value)
      known.set(model.version, model)
      if (key === servingKey) current = model
    }
  })
  const status = await log.follow({ topic: topics.stageStatus, from: 'beginning' }, (records) => {
    for (const { key, value } of records) {
      const report = value === null ? undefined : readReport(value)
      if (value === null) reports.delete(key)
      else if (report !== undefined) reports.set(key, report)
    }
  })
  await models.caughtUp

  return {
    current: () => current,
    known: () => [...known.values()].sort((a, b) => b.version - a.version),
    isDone: (commandId) => done.has(commandId),
    instancesBehind: (version, since) =>
      [...reports.values()].filter((report) => {
        return report.reportedAt >= since && report.modelVersion !== undefined && report.modelVersion !== version
      }),
    stop: async () => {
      await Promise.all([models.stop(), status.stop()])
    },
  }
}

/** Returns undefined for a record that is not a report: the server logs it, and it must not stop the reports of others. */
function readReport(value: Uint8Array): StageReport | undefined {
  try {
    return decodeStageReport(value)
  } catch {
    return undefined
  }
}
