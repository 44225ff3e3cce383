import { messageOf } from '../../schema/app-error.ts'
import { cutJson } from '../../schema/cut-text.ts'
import { NumberText, parseExact } from './exact-json.ts'
import { FileError } from './file-error.ts'
import { linesOf } from './lines.ts'
import type { Row } from './rows.ts'

const lineCharsMax = 16 * 1024 * 1024
const arrayCharsMax = 256 * 1024 * 1024
const depthMax = 5

/** Rows of a file with one JSON object per line; empty lines are skipped. */
export async function* jsonLineRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  let line = 0
  for await (const text of linesOf(chunks, false, lineCharsMax)) {
    line++
    if (text.trim() === '') continue
    let value: unknown
    try {
      value = parseExact(text)
    } catch (error) {
      yield { line, problem: `expected JSON (${messageOf(error)})` }
      continue
    }
    yield toRow(value, line)
  }
}

/**
 * Rows of a file with one JSON array of objects; `line` is the index in the array, from 1.
 * @throws FileError where it is not JSON, or longer than `arrayCharsMax`
 */
export async function* jsonArrayRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  let text = ''
  for await (const chunk of chunks) {
    text += chunk
    if (text.length > arrayCharsMax) {
      throw new FileError(
        `a JSON array of more than ${arrayCharsMax} characters; write one object a line: jq -c '.[]' FILE > FILE.jsonl`,
      )
    }
  }
  let values: unknown
  try {
    values = parseExact(text)
  } catch (error) {
    throw new FileError(`expected a JSON array (${messageOf(error)})`)
  }
  let line = 0
  for (const value of values as readonly unknown[]) yield toRow(value, ++line)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)

function toRow(value: unknown, line: number): Row {
  if (!isObject(value)) {
    return { line, problem: `expected a JSON object, got ${cutJson(plain(value), 60)}` }
  }
  const { cells, strings, lists } = flatten(value)
  return { line, cells: Object.fromEntries(cells), strings, ...(lists.size > 0 && { lists }) }
}

/** Flattens nested objects to columns named by their path, such as properties.product_id, up to `depthMax` levels. */
export function flatten(value: Record<string, unknown>, prefix = '') {
  const cells = new Map<string, string>()
  const strings = new Set<string>()
  const lists = new Map<string, readonly unknown[]>()
  const add = (object: Record<string, unknown>, before: string, depth: number): void => {
    for (const [name, cell] of Object.entries(object)) {
      const column = `${before}${name}`
      if (cell === null || cell === undefined) continue
      if (isObject(cell) && depth < depthMax) add(cell, `${column}.`, depth + 1)
      else if (Array.isArray(cell) && cell.length > 0 && cell.every(isObject)) lists.set(column, cell)
      else {
        cells.set(column, toText(cell))
        if (typeof cell === 'string') strings.add(column)
      }
    }
  }
  add(value, prefix, 1)
  return { cells, strings, lists }
}

const toText = (cell: unknown): string => {
  if (cell instanceof NumberText) return cell.text
  if (Array.isArray(cell)) return cell.map((one) => (typeof one === 'object' ? toText(one) : String(one))).join('|')
  return typeof cell === 'object' ? JSON.stringify(plain(cell)) : String(cell)
}

const plain = (value: unknown): unknown => {
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return value.map(plain)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) : value
}
