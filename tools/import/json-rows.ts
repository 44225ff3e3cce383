import { messageOf } from '../../schema/app-error.ts'
import { cutJson } from '../../schema/cut-text.ts'
import { NumberText, parseExact } from './exact-json.ts'
import { FileError } from './file-error.ts'
import { linesOf } from './lines.ts'
import type { Row } from './rows.ts'

const lineCharsMax = 16 * 1024 * 1024
const depthMax = 5

/** Rows of a file with one JSON object per line; empty lines are skipped. */
export async function* jsonLineRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  let line = 0
  for await (const text of linesOf(chunks, false, lineCharsMax)) {
    line++
    if (text.trim() === '') continue
    yield parsed(text, line)
  }
}

function parsed(text: string, line: number): Row {
  try {
    return toRow(parseExact(text), line)
  } catch (error) {
    return { line, problem: `expected JSON (${messageOf(error)})` }
  }
}

/**
 * Rows of a file with one JSON array of objects, one element in memory at a time; `line` is the index in the array,
 * from 1.
 * @throws FileError where the array does not end, or an element is longer than `lineCharsMax`
 */
export async function* jsonArrayRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  const array = new ArrayElements()
  let line = 0
  for await (const chunk of chunks) {
    for (const text of array.push(chunk)) yield parsed(text, ++line)
    if (array.rest.length > lineCharsMax) {
      throw new FileError(`element ${line + 1} of the JSON array is longer than ${lineCharsMax} characters`)
    }
  }
  if (!array.ended) throw new FileError(`expected a JSON array, got no ] after element ${line}: is the file complete?`)
  if (array.rest.trim() !== '') {
    throw new FileError(`expected nothing after the JSON array, got ${cutJson(array.rest.trim(), 60)}`)
  }
}

/** Splits a JSON array into the texts of its elements. Brackets and commas inside strings and elements do not count. */
class ArrayElements {
  /** The text since the last element; after the array, what follows it. */
  rest = ''
  ended = false
  private depth = 0
  private inString = false
  private escaped = false
  private count = 0

  private inside(char: string): void {
    if (this.escaped) this.escaped = false
    else if (char === '\\') this.escaped = true
    else if (char === '"') this.inString = false
  }

  *push(chunk: string): Generator<string> {
    let from = 0
    for (let at = 0; at < chunk.length && !this.ended; at++) {
      const char = chunk[at]!
      if (this.inString) this.inside(char)
      else if (char === '"') this.inString = true
      else if (char === '[' || char === '{') {
        if (this.depth++ === 0) from = at + 1
      } else if (char === ']' || char === '}') {
        this.ended = --this.depth === 0
      }
      const separates = char === ',' && this.depth === 1 && !this.inString
      if (!separates && !this.ended) continue
      const text = this.rest + chunk.slice(from, at)
      this.rest = ''
      from = at + 1
      if (separates || this.count > 0 || text.trim() !== '') {
        this.count++
        yield text
      }
    }
    this.rest += chunk.slice(from)
  }
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
  if (Array.isArray(cell)) {
    const values = cell.filter((one) => one !== null)
    return values.map((one) => (typeof one === 'object' ? toText(one) : String(one))).join('|')
  }
  return typeof cell === 'object' ? JSON.stringify(plain(cell)) : String(cell)
}

const plain = (value: unknown): unknown => {
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return value.map(plain)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) : value
}
