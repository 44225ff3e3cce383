import { type AttributeColumn, ColumnsError } from './columns.ts'
import { OptionNeededError } from './file-error.ts'
import { isNothing } from './parse-id.ts'
import { type NumberOptions, parseNumber } from './parse-number.ts'
import type { Cells } from './rows.ts'

const valueTypes = ['text', 'number', 'flag'] as const

/** An attribute as mutation putItems accepts it. */
export interface AttributeInput {
  readonly name: string
  readonly text?: string
  readonly number?: number
  readonly flag?: boolean
}

/**
 * Parses `--attribute COLUMN[=NAME][:TYPE]`. Without a type, the sample decides for the whole column: number where all
 * values are numbers, flag where all are true, false, yes or no, else text.
 * @param sample the first rows of the file
 * @throws ColumnsError where the file does not have the column
 */
export function attributeColumns(
  given: readonly string[],
  header: readonly string[],
  sample: readonly Cells[],
  options: NumberOptions,
): AttributeColumn[] {
  return given.map((text) => {
    const type = valueTypes.find((one) => text.endsWith(`:${one}`) && !header.includes(text))
    const plain = type === undefined ? text : text.slice(0, -type.length - 1)
    const at = header.includes(plain) ? -1 : plain.lastIndexOf('=')
    const column = at < 0 ? plain : plain.slice(0, at)
    const name = at < 0 ? plain : plain.slice(at + 1)
    if (name === '') throw new Error(`--attribute: expected COLUMN[=NAME][:TYPE], got "${text}"`)
    if (!header.includes(column)) {
      throw new ColumnsError(`--attribute: no column "${column}"; the file has ${header.join(', ').slice(0, 1_000)}`)
    }
    const values = sample.flatMap((cells) => valuesIn(cells, column))
    return { column, name, type: type ?? typeOf(values, options) }
  })
}

/** @throws Error naming the attribute, the rule and the value received */
export function attributesOf(
  cells: Cells,
  columns: readonly AttributeColumn[],
  options: NumberOptions,
): AttributeInput[] {
  return columns.flatMap(({ column, name, type }) =>
    valuesIn(cells, column).map((text): AttributeInput => {
      if (type === 'text') return { name, text }
      if (type === 'flag') return { name, flag: toFlag(text, name) }
      return { name, number: toNumber(text, name, options) }
    }),
  )
}

/** The distinct values of a cell; a cell may have several, separated by `|`. */
function valuesIn(cells: Cells, column: string): string[] {
  const cell = Object.hasOwn(cells, column) ? cells[column]! : ''
  const values = cell.split('|').map((value) => value.trim())
  return [...new Set(values.filter((value) => !isNothing(value)))]
}

function typeOf(values: readonly string[], options: NumberOptions): AttributeColumn['type'] {
  if (values.length === 0) return 'text'
  if (values.every((value) => flags.has(value.toLowerCase()))) return 'flag'
  return values.every((value) => isNumber(value, options)) ? 'number' : 'text'
}

/** Digits with a leading 0 are a code, such as 00712, and not a number. */
function isNumber(value: string, options: NumberOptions): boolean {
  if (/^[+-]?0\d/.test(value)) return false
  try {
    parseNumber(value, options)
    return true
  } catch (error) {
    return error instanceof OptionNeededError // a number, whichever of two it is
  }
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

function toFlag(text: string, name: string): boolean {
  const flag = flags.get(text.toLowerCase())
  if (flag === undefined)
    throw new Error(`attribute ${name}: expected true, false, yes or no, got "${text}"${advice(name)}`)
  return flag
}

function toNumber(text: string, name: string, options: NumberOptions): number {
  try {
    return parseNumber(text, options)
  } catch (error) {
    if (error instanceof OptionNeededError) {
      throw new OptionNeededError(`attribute ${name}: ${error.message}${advice(name)}`)
    }
    throw new Error(`attribute ${name}: expected a number like the values before, got "${text}"${advice(name)}`)
  }
}

const advice = (name: string) => `; to import texts set --attribute COLUMN=${name}:text`
