import { parse } from 'csv-parse/sync'
import { messageOf } from '../../schema/app-error.ts'
import { FileError } from './file-error.ts'
import { snowplowNames } from './trackers.ts'

/** The format of a file's rows. */
export type Layout =
  | { readonly kind: 'json-lines' | 'json-array' }
  | {
      readonly kind: 'delimited'
      readonly delimiter: string
      readonly names: readonly string[]
      /** Lines before the first row: empty ones, `sep=;` and the column names. */
      readonly linesBefore: number
      /** Whether lines end with a single carriage return. */
      readonly crOnly: boolean
    }

const delimiters = [',', ';', '\t', '|'] as const

/**
 * Detects the format of a file from its beginning.
 * @param head the beginning of the file, with its first line complete
 * @param header the names of the columns of a file without a header line
 * @throws FileError where the file is empty, or has JSON objects that span lines
 */
export function detectLayout(head: string, header?: readonly string[]): Layout {
  const begin = head.trimStart()
  if (begin === '') throw new FileError('the file is empty')
  if (begin.startsWith('[')) return { kind: 'json-array' }
  const crOnly = !head.includes('\n') && head.includes('\r')
  const lines = head.split(crOnly ? '\r' : /\r?\n/)
  if (begin.startsWith('{')) {
    if (begin.split('\n')[0]!.trim() === '{')
      throw new FileError('each object spans several lines; write one a line: jq -c . FILE > FILE.jsonl')
    return { kind: 'json-lines' }
  }
  let linesBefore = 0
  while (lines[linesBefore]?.trim() === '') linesBefore++
  const given = /^"?sep=(.|\\t)"?$/i.exec(lines[linesBefore]!.trim())?.[1]
  if (given !== undefined) linesBefore++
  const first = lines[linesBefore] ?? ''
  const delimiter = given ?? delimiterOf(first)
  const common = { kind: 'delimited', delimiter, crOnly } as const
  if (header) return { ...common, names: header, linesBefore }
  const cells = firstCells(lines.slice(linesBefore).join('\n'), delimiter)
  const snowplow = snowplowNames(cells)
  if (snowplow) return { ...common, names: snowplow, linesBefore }
  const names = withoutTrailing(cells.map((cell) => cell.trim()))
  const headerLines = delimiter === ',' || delimiter === ';' ? linesOfHeader(lines.slice(linesBefore)) : 1
  return { ...common, names: numbered(names), linesBefore: linesBefore + headerLines }
}

/** Whether a header line is probably a row: some names are numbers or times. */
export const looksLikeData = (names: readonly string[]): boolean =>
  names.some((name) => /^[-+]?\d+([.,]\d+)*$/.test(name) || /^\d{2,4}[-/.]\d\d?[-/.]\d{2,4}/.test(name))

/** Whether the file probably comes from a region with decimal commas, which separates cells by semicolons. */
export const isCommaRegion = (layout: Layout): boolean => layout.kind === 'delimited' && layout.delimiter === ';'

/** The most frequent delimiter of the line, outside quotation marks. */
function delimiterOf(line: string): string {
  const plain = line.replace(/"(?:[^"]|"")*"/g, '')
  if (plain.split('::').length > 2) return '::'
  const count = (delimiter: string) => plain.split(delimiter).length
  return delimiters.reduce((best: string, one) => (count(one) > count(best) ? one : best), ',')
}

function firstCells(text: string, delimiter: string): string[] {
  if (delimiter !== ',' && delimiter !== ';') {
    return text
      .split('\n')[0]!
      .split(delimiter)
      .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  }
  const options = { delimiter, to: 1, relax_quotes: true, trim: true, relax_column_count: true }
  try {
    const [cells] = parse(text, { ...options, record_delimiter: ['\r\n', '\n', '\r'] }) as string[][]
    return cells ?? []
  } catch (error) {
    throw new FileError(`the header line cannot be parsed (${messageOf(error)})`)
  }
}

/** The number of lines of the header: names may have line breaks inside quotation marks. */
function linesOfHeader(lines: readonly string[]): number {
  let marks = 0
  for (let n = 0; n < lines.length; n++) {
    marks += lines[n]!.split('"').length - 1
    if (marks % 2 === 0) return n + 1
  }
  return 1
}

function withoutTrailing(names: string[]): string[] {
  let length = names.length
  while (length > 1 && names[length - 1] === '') length--
  return names.slice(0, length)
}

/** Numbers repeated names: item_id#1, item_id#2. */
function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name
    seen.set(name, (seen.get(name) ?? 0) + 1)
    return `${name}#${seen.get(name)}`
  })
}
