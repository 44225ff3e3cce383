import { factorise } from './ials.ts'
import { fitKin } from './kin.ts'
import type { TrainingLog } from './log.ts'
import { interactionMatrix } from './matrix.ts'
import type { TrainedModel } from './model.ts'
import { explainItems } from './neighbours.ts'
import type { TrainProgress } from './progress.ts'

/** The parts of a model that are fitted to the users × items matrix. */

export type ItemModel = Pick<TrainedModel, 'dimensions' | 'factors' | 'foldIn' | 'neighbours' | 'kin'>

const ALPHA = 10
const HISTORY_MAX = 32

export function* fitItems(log: TrainingLog, seed: number): Generator<TrainProgress, ItemModel> {
  const matrix = interactionMatrix(log)
  const dimensions = dimensionsFor(log.itemIds.length)
  const factors = yield* reported(
    'factors',
    factorise(matrix, { dimensions, alpha: ALPHA, regularisation: 1, rounds: 8, seed }),
  )
  const neighbours = yield* reported(
    'neighbours',
    explainItems(matrix, { headMax: 5000, candidates: 150, kept: 100, regularisation: 100, historyMax: 1000 }),
  )
  const kin = yield* reported('neighbours', fitKin(matrix, { kept: 150, doubt: 20 }))
  return { dimensions, factors, foldIn: { alpha: ALPHA, itemsMax: HISTORY_MAX }, neighbours, kin }
}

function dimensionsFor(items: number): number {
  if (items < 200) return 16
  return items < 2000 ? 32 : 64
}

function* reported<T>(phase: TrainProgress['phase'], work: Generator<number, T>): Generator<TrainProgress, T> {
  let step = work.next()
  while (!step.done) {
    yield { phase, done: step.value }
    step = work.next()
  }
  return step.value
}
