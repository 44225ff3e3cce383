import { RidgeSolver } from '../kernels/ridge.ts'
import { type Wasm, wasmOf } from '../kernels/wasm.ts'
import { type ItemWeights, ItemWeightsBuilder } from './item-weights.ts'
import type { SparseMatrix } from './matrix.ts'
import { selectGreatest } from './select.ts'

export interface ItemRegressionOptions {
  /**
   * Maximum items in the model, the most touched ones. The co-occurrence matrix takes 4 · itemsMax² bytes during
   * training.
   */
  itemsMax: number
  /** Maximum predictors per item. The cost per item grows with its cube. */
  candidates: number
  /** Weights kept per target item. */
  weightsMax: number
  /** λ of the ridge regression, added to the diagonal of the co-occurrence matrix. */
  regularization: number
  /** Newest touches counted per user. */
  historyMax: number
}

/**
 * Sparse linear item-to-item model: each item is regressed on its nearest neighbors (cosine) only, by ridge regression
 * on their co-occurrence, as EASE (Steck, WWW 2019) does on all items and fsSLIM (Ning and Karypis, ICDM 2011) by
 * feature selection. Costs items · candidates³/3 instead of items³. Yields the share done.
 */
export function* fitItemRegression(
  users: SparseMatrix,
  options: ItemRegressionOptions,
  wasm: Wasm | null = wasmOf(),
): Generator<number, ItemWeights> {
  const head = mostTouched(users, options.itemsMax)
  const n = head.length
  const gram = coOccurrence(users, head, options.historyMax)
  const most = Math.max(0, Math.min(options.candidates, n - 1))
  const solver = new RidgeSolver(most, wasm)
  const found = new Int32Array(n)
  const closeness = new Float64Array(n)
  const order = new Int32Array(most)
  const says = new Float64Array(most)
  const builder = new ItemWeightsBuilder()
  for (let target = 0; target < n; target++) {
    const near = found.subarray(0, nearest(gram, n, target, most, found, closeness))
    const x = fitTarget(gram, n, target, near, options.regularization, solver)
    near.forEach((_, i) => {
      order[i] = i
      says[i] = Math.abs(x[i]!)
    })
    const kept = selectGreatest(order, near.length, says, options.weightsMax)
    for (const i of order.subarray(0, kept)) builder.add(head[near[i]!]!, head[target]!, x[i]!)
    if (target % 100 === 99) yield target / n
  }
  return builder.build(users.width)
}

function fitTarget(
  gram: Float32Array,
  n: number,
  target: number,
  near: Int32Array,
  regularization: number,
  solver: RidgeSolver,
): Float64Array {
  solver.begin(near.length)
  const { a, width } = solver
  for (let i = 0; i < near.length; i++) {
    const from = near[i]! * n
    const to = i * width
    for (let j = i; j < near.length; j++) a[to + j] = gram[from + near[j]!]!
    a[to + i]! += regularization
    a[to + near.length] = gram[from + target]!
  }
  return solver.solve(near.length)
}

function mostTouched(users: SparseMatrix, most: number): Int32Array {
  const counts = new Int32Array(users.width)
  for (const column of users.columns) counts[column]!++
  const order = Array.from(counts.keys())
    .filter((item) => counts[item]! > 1)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
  return Int32Array.from(order.slice(0, most))
}

function coOccurrence(users: SparseMatrix, head: Int32Array, historyMax: number): Float32Array {
  const n = head.length
  const places = new Int32Array(users.width).fill(-1)
  head.forEach((item, place) => {
    places[item] = place
  })
  const gram = new Float32Array(n * n)
  const row = new Int32Array(historyMax)
  for (let user = 0; user < users.rows; user++) {
    let count = 0
    for (let at = users.starts[user + 1]! - 1; at >= users.starts[user]! && count < historyMax; at--) {
      const place = places[users.columns[at]!]!
      if (place >= 0) row[count++] = place
    }
    for (let i = 0; i < count; i++) {
      const base = row[i]! * n
      for (let j = 0; j < count; j++) gram[base + row[j]!]!++
    }
  }
  return gram
}

/** Added to the counts in norms, so that rare items are not nearest neighbors by chance. */
const shrinkage = 10

/** Writes the nearest items to `found`, best first. Returns their number. */
function nearest(
  gram: Float32Array,
  n: number,
  target: number,
  most: number,
  found: Int32Array,
  closeness: Float64Array,
): number {
  let count = 0
  for (let other = 0; other < n; other++) {
    const both = gram[target * n + other]!
    if (other === target || both === 0) continue
    closeness[other] = both / Math.sqrt(gram[other * n + other]! + shrinkage)
    found[count++] = other
  }
  return selectGreatest(found, count, closeness, most)
}
