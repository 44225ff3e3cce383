import { chooseAttributes } from './choose-attributes.ts'
import { factorize } from './ials.ts'
import { fitItemKnn } from './item-knn.ts'
import { fitItemRegression } from './item-regression.ts'
import type { TrainingLog } from './log.ts'
import { interactionMatrix } from './matrix.ts'
import type { TrainedModel } from './model.ts'
import type { TrainProgress } from './progress.ts'

/** The parts of a model that are fitted to events, apart from the blend. */
export type ItemModel = Pick<
  TrainedModel,
  'dimensions' | 'factors' | 'foldIn' | 'itemRegression' | 'itemKnn' | 'contentAttributes'
>

/** Confidence of a touch of strength 1 is 1 + this: FactorOptions.alpha. */
const confidenceAlpha = 10
/** Maximum items of a user that fold-in reads, the newest. */
const foldInItemsMax = 32

/** Fits the item models to a log. Yields progress. Deterministic for a `seed`. */
export function* fitItems(log: TrainingLog, seed: number): Generator<TrainProgress, ItemModel> {
  const matrix = interactionMatrix(log)
  const dimensions = dimensionsFor(log.itemIds.length)
  const factors = yield* reported(
    'factors',
    factorize(matrix, { dimensions, alpha: confidenceAlpha, regularization: 1, rounds: 8, seed }),
  )
  const itemRegression = yield* reported(
    'itemRegression',
    fitItemRegression(matrix, {
      itemsMax: 5000,
      candidates: 150,
      weightsMax: 100,
      regularization: 100,
      historyMax: 1000,
    }),
  )
  const itemKnn = yield* reported('itemRegression', fitItemKnn(matrix, { neighborsMax: 150, shrinkage: 20 }))
  const contentAttributes = yield* reported('itemRegression', chooseAttributes(log))
  return {
    dimensions,
    factors,
    foldIn: { alpha: confidenceAlpha, itemsMax: foldInItemsMax },
    itemRegression,
    itemKnn,
    contentAttributes,
  }
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
