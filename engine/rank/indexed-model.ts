import { FactorScan } from '../kernels/factor-scan.ts'
import type { ItemSide } from '../replica/item-side.ts'
import type { ItemWeights } from '../train/item-weights.ts'
import type { FoldInModel, TrainedModel } from '../train/model.ts'

/** The parts of a model that ranking reads, with item numbers of the replica instead of rows. */
export interface IndexedModel {
  /** Null for a model without factors. */
  readonly scan: FactorScan | null
  readonly toItem: Int32Array
  /** By item number: the model's row, -1 for none. Shorter than the items if some are newer than the model. */
  readonly toRow: Int32Array
  readonly itemRegression: IndexedWeights | null
  readonly itemKnn: IndexedWeights | null
}

export interface IndexedWeights {
  /** Where the pairs of each row begin; one more for the end. */
  readonly starts: Int32Array
  /** Item number, then weight as the bits of a float32. */
  readonly pairs: Int32Array
}

/** Gives a number to every item of the model that has none. */
export function indexModel(model: TrainedModel, side: ItemSide): IndexedModel {
  const toItem = Int32Array.from(model.items, (id) => side.numberOf(id))
  const toRow = new Int32Array(side.size).fill(-1)
  toItem.forEach((item, row) => {
    toRow[item] = row
  })
  return {
    scan: model.dimensions === 0 ? null : new FactorScan(model.factors, model.dimensions),
    toItem,
    toRow,
    itemRegression: model.itemRegression && indexWeights(model.itemRegression, toItem),
    itemKnn: model.itemKnn && indexWeights(model.itemKnn, toItem),
  }
}

/**
 * Returns the part that user vectors are computed from. It shares the factors with `scan`, so the model need not be
 * kept.
 */
export function foldInModel(model: TrainedModel, { scan, toRow }: IndexedModel, side: ItemSide): FoldInModel {
  const { version, dimensions, foldIn } = model
  const get = (itemId: string) => {
    const row = toRow[side.find(itemId) ?? -1] ?? -1
    return row < 0 ? undefined : row
  }
  return { version, dimensions, foldIn, factors: scan?.factors ?? model.factors, index: { get } }
}

function indexWeights({ starts, targets, weights }: ItemWeights, toItem: Int32Array): IndexedWeights {
  const pairs = new Int32Array(targets.length * 2)
  const floats = new Float32Array(pairs.buffer)
  for (let k = 0; k < targets.length; k++) {
    pairs[2 * k] = toItem[targets[k]!]!
    floats[2 * k + 1] = weights[k]!
  }
  return { starts, pairs }
}
