import { factorize } from '../../engine/train/ials.ts'
import type { TrainingLog } from '../../engine/train/log.ts'
import { interactionMatrix, type SparseMatrix } from '../../engine/train/matrix.ts'
import { foldIn } from '../../engine/user/fold-in.ts'

export interface Setting {
  readonly dimensions: number
  readonly rounds: number
  readonly alpha: number
  readonly regularization: number
}

/** One touch of every user that has three or more, held out of the matrix: the item that a list should contain. */
export interface Task {
  readonly matrix: SparseMatrix
  readonly heldOut: readonly { readonly user: number; readonly item: number }[]
}

const judged = 20

export function taskOf(log: TrainingLog): Task {
  const all = interactionMatrix(log)
  const heldOut: { user: number; item: number }[] = []
  const starts = new Int32Array(all.rows + 1)
  const columns: number[] = []
  const values: number[] = []
  for (let user = 0; user < all.rows; user++) {
    const from = all.starts[user]!
    const to = all.starts[user + 1]!
    const out = to - from >= 3 ? from + (user % (to - from)) : -1
    for (let at = from; at < to; at++) {
      if (at === out) heldOut.push({ user, item: all.columns[at]! })
      else {
        columns.push(all.columns[at]!)
        values.push(all.values[at]!)
      }
    }
    starts[user + 1] = columns.length
  }
  const matrix = { ...all, starts, columns: Int32Array.from(columns), values: Float32Array.from(values) }
  return { matrix, heldOut }
}

export interface Fitted {
  readonly seconds: number
  readonly ndcg: number
}

/** The engine's factorization and its quality: users folded in from the same matrix, touched items left out. */
export function fitByEngine({ matrix, heldOut }: Task, setting: Setting): Fitted {
  const begun = performance.now()
  const work = factorize(matrix, { ...setting, seed: 1 })
  let step = work.next()
  while (!step.done) step = work.next()
  const seconds = (performance.now() - begun) / 1000
  const { dimensions, alpha } = setting
  const model = { factors: step.value, dimensions, foldIn: { alpha, itemsMax: 1000 } }
  let sum = 0
  for (const { user, item } of heldOut) {
    const rows = matrix.columns.subarray(matrix.starts[user]!, matrix.starts[user + 1]!)
    const vector = foldIn(model, [...rows], [...matrix.values.subarray(matrix.starts[user]!, matrix.starts[user + 1]!)])
    const known = new Set(rows)
    const own = dotAt(model.factors, item, vector)
    let better = 0
    for (let other = 0; other < matrix.width && better < judged; other++) {
      if (other !== item && !known.has(other) && dotAt(model.factors, other, vector) > own) better++
    }
    if (better < judged) sum += 1 / Math.log2(better + 2)
  }
  return { seconds, ndcg: sum / heldOut.length }
}

function dotAt(factors: Float32Array, row: number, vector: Float32Array): number {
  const d = vector.length
  let dot = 0
  for (let k = 0; k < d; k++) dot += factors[row * d + k]! * vector[k]!
  return dot
}
