import { eventTypes } from '../types.ts'
import { isTouch, strengthOf } from '../user/signals.ts'
import { engagementAt, type TrainingLog } from './log.ts'

/** A sparse matrix, row by row (CSR): the columns of row r are `columns[starts[r] .. starts[r + 1])`. */
export interface SparseMatrix {
  rows: number
  width: number
  starts: Int32Array
  columns: Int32Array
  values: Float32Array
}

/**
 * Users × items from the touches of a log: the strength of the newest event per pair, at least 0.1; of several CONSUME
 * events that of the strongest, as `portion` is the greatest so far. Columns ascend within a row.
 */
export function interactionMatrix(log: TrainingLog): SparseMatrix {
  const touches = touchesByUser(log)
  const { starts, columns, values, rows, width, consumed } = touches
  const matrix = emptyMatrix(rows, width, columns.length)
  /** Per cell: whether its newest event is a CONSUME. */
  const wasConsumed = new Uint8Array(columns.length)
  /** Per item: 1 + the index of its cell in the current row; 0 if it has none. */
  const places = new Int32Array(width)
  let cells = 0
  for (let row = 0; row < rows; row++) {
    const first = cells
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      if (places[columns[at]!] === 0) {
        matrix.columns[cells++] = columns[at]!
        places[columns[at]!] = cells
      }
    }
    matrix.columns.subarray(first, cells).sort()
    for (let cell = first; cell < cells; cell++) places[matrix.columns[cell]!] = cell + 1
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const cell = places[columns[at]!]! - 1
      const isProgress = consumed[at] === 1 && wasConsumed[cell] === 1
      matrix.values[cell] = isProgress ? Math.max(matrix.values[cell]!, values[at]!) : values[at]!
      wasConsumed[cell] = consumed[at]!
    }
    for (let cell = first; cell < cells; cell++) places[matrix.columns[cell]!] = 0
    matrix.starts[row + 1] = cells
  }
  return { ...matrix, columns: matrix.columns.slice(0, cells), values: matrix.values.slice(0, cells) }
}

/** One cell per touch, in the log's order within a row. */
function touchesByUser(log: TrainingLog): SparseMatrix & { consumed: Uint8Array } {
  const touching = eventTypes.map(isTouch)
  let touches = 0
  for (let e = 0; e < log.size; e++) if (touching[log.types[e]!]) touches++
  const matrix = emptyMatrix(log.userIds.length, log.itemIds.length, touches)
  for (let e = 0; e < log.size; e++) if (touching[log.types[e]!]) matrix.starts[log.users[e]! + 1]!++
  accumulate(matrix.starts)
  const next = matrix.starts.slice()
  const consumed = new Uint8Array(touches)
  for (let e = 0; e < log.size; e++) {
    const type = eventTypes[log.types[e]!]!
    if (!isTouch(type)) continue
    const value = Number.isNaN(log.values[e]!) ? null : log.values[e]!
    const to = next[log.users[e]!]!++
    matrix.columns[to] = log.items[e]!
    matrix.values[to] = Math.max(0.1, strengthOf({ type, value, ...engagementAt(log, e) }))
    if (type === 'CONSUME') consumed[to] = 1
  }
  return { ...matrix, consumed }
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
