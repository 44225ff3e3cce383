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
}

interface StreamRun {
  readonly folder: string
  readonly itemSide: 'live' | 'frozen'
  /** Periods that are asked. */
  readonly periods: readonly number[]
  /** Every n-th query is asked. */
  readonly every: number
}

/** The stream protocol over `events.csv[.gz]`: one row a period, then the mean. */
export async function runStream(run: StreamRun, progress: Progress): Promise<ProtocolRow[]> {
  const events = await readStream(join(run.folder, 'events.csv.gz'))
  const periods = finish(progress, evaluateStream(events, { ...run, train: fit }))
  const rows = periods.map(({ period, metrics: { n, hr, mrr } }) => {
    return { name: `period ${period}, ${run.itemSide}`, n, figures: { 'Recall@20': hr, 'MRR@20': mrr } }
  })
  const mean = (read: (row: (typeof periods)[number]) => number) =>
    periods.reduce((sum, row) => sum + read(row), 0) / periods.length
  const figures = { 'Recall@20': mean((row) => row.metrics.hr), 'MRR@20': mean((row) => row.metrics.mrr) }
  return [...rows, { name: `mean, ${run.itemSide}`, n: rows.reduce((sum, { n }) => sum + n, 0), figures }]
}

/** Leave-one-out over `sequences.txt[.gz]`. */
export function runLeaveOneOut(folder: string, progress: Progress): ProtocolRow[] {
  const sequences = readSequences(join(folder, 'sequences.txt.gz'))
  const { hr10, ndcg10, n } = finish(progress, evaluateLeaveOneOut(sequences, fit))
  return [{ name: 'pickstream', n, figures: { 'HR@10': hr10, 'NDCG@10': ndcg10 } }]
}

export function runNextBasket(log: TrainingLog, progress: Progress): ProtocolRow[] {
  const methods = finish(progress, evaluateNextBasket(log, fit))
  return [...methods].map(([name, { recall10, ndcg10, n }]) => {
    return { name, n, figures: { 'Recall@10': recall10, 'NDCG@10': ndcg10 } }
  })
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
