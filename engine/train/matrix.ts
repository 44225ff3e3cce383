import { EVENT_TYPES } from '../types.ts'
import { isTouch, strengthOf } from '../user/signals.ts'
import type { TrainingLog } from './log.ts'

/** A sparse matrix, row by row (CSR): the columns of row r are `columns[starts[r] .. starts[r + 1])`. */
export interface SparseMatrix {
  rows: number
  width: number
  starts: Int32Array
  columns: Int32Array
  values: Float32Array
}

/** Users × items from the touches of a log: the strength of the newest event per pair, at least 0.1. */
export function interactionMatrix(log: TrainingLog): SparseMatrix {
  const width = log.itemIds.length
  const cells = new Map<number, number>()
  for (let e = 0; e < log.size; e++) {
    const type = EVENT_TYPES[log.types[e]!]!
    if (!isTouch(type)) continue
    const value = Number.isNaN(log.values[e]!) ? null : log.values[e]!
    cells.set(log.users[e]! * width + log.items[e]!, Math.max(0.1, strengthOf({ type, value })))
  }
  const keys = Float64Array.from(cells.keys()).sort()
  const matrix = emptyMatrix(log.userIds.length, width, keys.length)
  keys.forEach((key, at) => {
    const row = Math.floor(key / width)
    matrix.starts[row + 1]!++
    matrix.columns[at] = key - row * width
    matrix.values[at] = cells.get(key)!
  })
  accumulate(matrix.starts)
  return matrix
}

export function transpose(matrix: SparseMatrix): SparseMatrix {
  const turned = emptyMatrix(matrix.width, matrix.rows, matrix.columns.length)
  for (const column of matrix.columns) turned.starts[column + 1]!++
  accumulate(turned.starts)
  const next = turned.starts.slice()
  for (let row = 0; row < matrix.rows; row++)
    for (let at = matrix.starts[row]!; at < matrix.starts[row + 1]!; at++) {
      const to = next[matrix.columns[at]!]!++
      turned.columns[to] = row
      turned.values[to] = matrix.values[at]!
    }
  return turned
}

function emptyMatrix(rows: number, width: number, cells: number): SparseMatrix {
  return {
    rows,
    width,
    starts: new Int32Array(rows + 1),
    columns: new Int32Array(cells),
    values: new Float32Array(cells),
  }
}

function accumulate(starts: Int32Array): void {
  for (let k = 1; k < starts.length; k++) starts[k]! += starts[k - 1]!
}
