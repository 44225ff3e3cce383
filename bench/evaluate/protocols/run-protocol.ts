import { join } from 'node:path'
import type { TrainingLog } from '../../../engine/train/log.ts'
import type { TrainedModel } from '../../../engine/train/model.ts'
import { trainModel } from '../../../engine/train/train-model.ts'
import type { Progress } from '../progress.ts'
import { evaluateLeaveOneOut, readSequences } from './leave-one-out.ts'
import { evaluateNextBasket } from './next-basket.ts'
import { evaluateStream, readStream } from './stream.ts'

export const protocols = ['test-then-learn', 'stream', 'leave-one-out', 'next-basket'] as const
export type Protocol = (typeof protocols)[number]

export interface ProtocolRow {
  readonly name: string
  readonly n: number
  readonly figures: Readonly<Record<string, number>>
  /** Standard error of each figure. */
  readonly errors: Readonly<Record<string, number>>
}

interface StreamRun {
  readonly folder: string
  readonly itemSide: 'live' | 'frozen'
  /** Periods that are evaluated. */
  readonly periods: readonly number[]
  /** Every n-th query is evaluated. */
  readonly every: number
  /** Approximate maximum of queries in all periods together. */
  readonly queriesMax: number
}

/** The stream protocol over `events.csv[.gz]`: one row per period, then the mean. */
export async function runStream(run: StreamRun, progress: Progress): Promise<ProtocolRow[]> {
  const events = await readStream(join(run.folder, 'events.csv.gz'))
  const inPeriods = events.filter(({ period }) => run.periods.includes(period)).length
  const every = Math.max(run.every, Math.floor(inPeriods / run.queriesMax))
  const periods = finish(progress, evaluateStream(events, { ...run, every, train: fit }))
  const rows = periods.map(({ period, metrics: { n, hr, mrr }, errors }) => {
    const figures = { 'Recall@20': hr, 'MRR@20': mrr }
    return {
      name: `period ${period}, ${run.itemSide}`,
      n,
      figures,
      errors: { 'Recall@20': errors.hr, 'MRR@20': errors.mrr },
    }
  })
  const n = rows.reduce((sum, row) => sum + row.n, 0)
  const means = (['Recall@20', 'MRR@20'] as const).map((name) => {
    const value = rows.reduce((sum, { figures }) => sum + figures[name], 0) / rows.length
    const error = Math.hypot(...rows.map(({ errors }) => errors[name])) / rows.length
    return { name, value, error }
  })
  const figures = Object.fromEntries(means.map(({ name, value }) => [name, value]))
  const errors = Object.fromEntries(means.map(({ name, error }) => [name, error]))
  return [...rows, { name: `mean, ${run.itemSide}`, n, figures, errors }]
}

/**
 * Leave-one-out over `sequences.txt[.gz]`.
 * @param usersMax approximate number of users that are queried; at most all
 */
export function runLeaveOneOut(folder: string, usersMax: number, progress: Progress): ProtocolRow[] {
  const sequences = readSequences(join(folder, 'sequences.txt.gz'))
  const { hr10, ndcg10, errors, n } = finish(progress, evaluateLeaveOneOut(sequences, fit, usersMax))
  return [
    {
      name: 'pickstream',
      n,
      figures: { 'HR@10': hr10, 'NDCG@10': ndcg10 },
      errors: { 'HR@10': errors.hr10, 'NDCG@10': errors.ndcg10 },
    },
  ]
}

export function runNextBasket(log: TrainingLog, usersMax: number, progress: Progress): ProtocolRow[] {
  const methods = finish(progress, evaluateNextBasket(log, fit, usersMax))
  return [...methods].map(([name, { recall10, ndcg10, n }]) => ({
    name,
    n,
    figures: { 'Recall@10': recall10.value, 'NDCG@10': ndcg10.value },
    errors: { 'Recall@10': recall10.error, 'NDCG@10': ndcg10.error },
  }))
}

/** `1-16` or `4,8`. @throws Error where it is neither */
export function parsePeriods(text: string): number[] {
  const range = /^(\d+)-(\d+)$/.exec(text)
  const periods = range
    ? Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, k) => Number(range[1]) + k)
    : text.split(',').map(Number)
  if (periods.length > 0 && periods.every((period) => Number.isInteger(period) && period >= 1)) return periods
  throw new Error(`--periods: expected a range such as 1-16 or numbers such as 4,8, got ${text}`)
}

function* fit(log: TrainingLog): Generator<string, TrainedModel> {
  const training = trainModel(log, { version: 1 + log.size, trainedAt: log.times[log.size - 1]! })
  for (;;) {
    const step = training.next()
    if (step.done) return step.value.model
    yield `train: ${step.value.phase}`
  }
}

function finish<Result>(progress: Progress, work: Generator<string, Result>): Result {
  return progress.run('', work, (label) => ({ label, done: 0 }))
}
