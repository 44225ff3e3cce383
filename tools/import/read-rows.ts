import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { messageOf } from '../../schema/app-error.ts'
import { FileError } from './file-error.ts'
import { jsonArrayRows, jsonLineRows } from './json-rows.ts'
import { detectLayout, type Layout } from './layout.ts'
import { linesOf, quotedCells } from './lines.ts'
import { openText } from './open-text.ts'
import type { Row } from './rows.ts'

export interface RowFile {
  readonly rows: AsyncIterable<Row>
  readonly bytes: number
  /** Bytes read of the file on disk, compressed or not. */
  bytesRead(): number
  /** The detected format; reads the beginning of the file. @throws FileError where the file cannot be read */
  layout(): Promise<Layout>
}

/** Options for what cannot be detected from the content of a file. */
export interface RowOptions {
  readonly encoding?: string
  /** Column names, comma-separated, of a file without a header line. */
  readonly header?: string
}

const headChars = 64 * 1024
const recordBytesMax = 1024 * 1024

/**
 * Reads CSV, TSV, `::`- or `|`-separated text, or JSON (lines or an array), gzipped or not; detected from the content.
 */
export function readRows(file: string, options: RowOptions = {}): RowFile {
  const text = openText(file, options.encoding)
  const header = options.header?.split(',').map((name) => name.trim())
  let begun: Promise<{ layout: Layout; chunks: AsyncIterable<string> }> | undefined
  const begin = () => (begun ??= beginReading(text.chunks, file, header))
  return {
    bytes: text.bytes,
    bytesRead: text.bytesRead,
    layout: async () => (await begin()).layout,
    rows: (async function* () {
      try {
        const { layout, chunks } = await begin()
        if (layout.kind !== 'delimited')
          yield* layout.kind === 'json-lines' ? jsonLineRows(chunks) : jsonArrayRows(chunks)
        else if (layout.delimiter === ',' || layout.delimiter === ';') yield* csvRows(chunks, layout)
        else yield* lineRows(chunks, layout)
      } catch (error) {
        const unnamed = error instanceof FileError && !error.message.startsWith(`${file}: `)
        throw unnamed ? new FileError(`${file}: ${error.message}`) : error
      } finally {
        text.close()
      }
    })(),
  }
}

async function beginReading(source: AsyncIterable<string>, file: string, header?: readonly string[]) {
  const iterator = source[Symbol.asyncIterator]()
  let head = ''
  let done = false
  const enough = () => head.length >= headChars && (/[\r\n]/.test(head.trimStart()) || /^\s*\[/.test(head))
  while (!done && !enough()) {
    const next = await iterator.next()
    done = next.done === true
    if (!done) head += next.value
    if (head.length > 4 * recordBytesMax) throw new FileError(`${file}: the first line does not end`)
  }
  let layout: Layout
  try {
    layout = detectLayout(head, header)
  } catch (error) {
    throw error instanceof FileError ? new FileError(`${file}: ${error.message}`) : error
  }
  const chunks = (async function* () {
    yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  return { layout, chunks }
}

type Delimited = Extract<Layout, { kind: 'delimited' }>

/**
 * For tabs, `|` and `::`: each line is a row, and a quotation mark that is not closed on its line is part of the text.
 */
async function* lineRows(chunks: AsyncIterable<string>, { delimiter, names, linesBefore, crOnly }: Delimited) {
  let line = 0
  for await (const text of linesOf(chunks, crOnly, recordBytesMax)) {
    line++
    if (line <= linesBefore || text.trim() === '') continue
    yield toRow(quotedCells(text, delimiter), names, line, line)
  }
}

async function* csvRows(chunks: AsyncIterable<string>, layout: Delimited): AsyncGenerator<Row> {
  const { delimiter, names, linesBefore, crOnly } = layout
  let endless: string | undefined
  let last = linesBefore // last line of the previous record: a record with an unclosed quote spans the lines that follow
  const content = Readable.from(chunks)
  const parser = content.pipe(
    parse({
      info: true,
      ltrim: true,
      raw: true,
      relax_quotes: true, // for cells such as: 5" disc
      delimiter,
      record_delimiter: crOnly ? ['\r'] : ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: recordBytesMax,
      on_skip: (error) => {
        endless ??= messageOf(error)
        content.unpipe(parser)
        parser.end() // the rows before the record are still read
        return undefined
      },
    }),
  )
  content.on('error', (error) => parser.destroy(error))
  for await (const { info, record, raw } of parser as AsyncIterable<CsvRecord>) {
    if (info.lines <= linesBefore) continue
    const since = last + 1
    last = info.lines
    yield toRow(withoutOuterSpaces(record, raw, delimiter), names, since, info.lines)
  }
  if (endless !== undefined) {
    const rule = `the row that begins in line ${last + 1} does not end: is a quotation mark missing? (${endless})`
    throw new FileError(`${rule}; neither it nor what follows can be read`)
  }
}

interface CsvRecord {
  readonly info: { readonly lines: number }
  readonly record: readonly string[]
  readonly raw: string
}

/**
 * Removes trailing spaces of cells that are not quoted; the parser has removed leading ones. Parses the record again
 * only where a cell ends in a space, since reporting which cells were quoted makes the parser ten times slower.
 */
function withoutOuterSpaces(record: readonly string[], raw: string, delimiter: string): readonly string[] {
  if (!record.some((cell) => cell.trimEnd() !== cell)) return record
  if (!raw.includes('"')) return record.map((cell) => cell.trimEnd())
  const cast = (cell: string, { quoting }: { readonly quoting: boolean }) => (quoting ? cell : cell.trimEnd())
  const options = { delimiter, ltrim: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, cast }
  const [again] = parseSync(raw, options) as string[][]
  return again ?? record
}

/**
 * Empty cells after the last named column are dropped; any other number of cells than that of the header is an error.
 */
function toRow(cells: readonly string[], names: readonly string[], since: number, line: number): Row {
  const fits =
    cells.length === names.length ||
    (cells.length > names.length && cells.slice(names.length).every((cell) => cell === ''))
  if (!fits) {
    const where = line > since ? ` in lines ${since} to ${line}` : ''
    return { line, problem: `expected ${names.length} columns, got ${cells.length}${where}` }
  }
  return { line, cells: Object.fromEntries(names.map((name, n) => [name, cells[n]!])) }
}
