import { choleskySolve } from '../maths/cholesky.ts'
import { type ItemWeights, pack } from './item-weights.ts'
import type { SparseMatrix } from './matrix.ts'

export interface NeighbourOptions {
  /** Items that take part: the most touched ones. The co-occurrence matrix takes 4 · headMax² bytes while training. */
  headMax: number
  /** Items that may explain one item; the cost grows with the cube. */
  candidates: number
  /** Weights kept per explained item. */
  kept: number
  regularisation: number
  /** Newest touches per user that count. */
  historyMax: number
}

/**
 * A sparse linear model of items by items: every item is explained by its nearest neighbours (cosine) alone, with a ridge solution on their
 * co-occurrence, as EASE (Steck, WWW 2019) does on all items and fsSLIM (Ning and Karypis, ICDM 2011) by feature selection. Costs
 * items · candidates³/3 instead of items³. Yields the share done.
 */
export function* explainItems(users: SparseMatrix, options: NeighbourOptions): Generator<number, ItemWeights> {
  const head = mostTouched(users, options.headMax)
  const n = head.length
  const gram = coOccurrence(users, head, options.historyMax)
  const lists: { target: number; weight: number }[][] = Array.from({ length: users.width }, () => [])
  const m = Math.min(options.candidates, n - 1)
  for (let target = 0; target < n; target++) {
    const near = nearest(gram, n, target, m)
    const a = new Float64Array(near.length * near.length)
    const b = new Float64Array(near.length)
    near.forEach((row, i) => {
      for (let j = 0; j <= i; j++) a[i * near.length + j] = gram[row * n + near[j]!]!
      a[i * near.length + i]! += options.regularisation
      b[i] = gram[target * n + row]!
    })
    choleskySolve(a, b, near.length)
    const order = [...near.keys()].sort((i, j) => Math.abs(b[j]!) - Math.abs(b[i]!)).slice(0, options.kept)
    for (const i of order) lists[head[near[i]!]!]!.push({ target: head[target]!, weight: b[i]! })
    if (target % 100 === 99) yield target / n
  }
  return pack(lists)
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

/** Touches that an item must outweigh to count as near. */
const DOUBT = 10

function nearest(gram: Float32Array, n: number, target: number, most: number): number[] {
  const found: number[] = []
  const closeness = new Float64Array(n)
  for (let other = 0; other < n; other++) {
    const both = gram[target * n + other]!
    if (other === target || both === 0) continue
    closeness[other] = both / Math.sqrt(gram[other * n + other]! + DOUBT)
    found.push(other)
  }
  return found.sort((a, b) => closeness[b]! - closeness[a]! || a - b).slice(0, most)
}
