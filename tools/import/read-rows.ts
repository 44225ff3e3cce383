import { createReadStream, type ReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { messageOf } from '../../schema/app-error.ts'

/** A row as the file has it, or what is wrong with it. */
export type Row =
  | { readonly line: number; readonly cells: Readonly<Record<string, string>> }
  | { readonly line: number; readonly problem: string }

export interface RowFile {
  readonly rows: AsyncIterable<Row>
  readonly bytes: number
  /** Of the file as it is on the disk, compressed or not. */
  bytesRead(): number
}

/** CSV (comma, semicolon or tab; the first line names the columns) or JSON lines, either of them gzipped: by the file's name. */
export function readRows(file: string): RowFile {
  const { raw, content } = open(file)
  const rows = /\.(jsonl|ndjson|json)(\.gz)?$/i.test(file) ? jsonRows(content) : csvRows(content, file)
  return { rows, bytes: statSync(file).size, bytesRead: () => raw.bytesRead }
}

/** Small reads, so that what is read is what is dealt with, and the share shown is true. */
function open(file: string): { raw: ReadStream; content: Readable } {
  const raw = createReadStream(file, { highWaterMark: 16 * 1024 })
  const content = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  if (content !== raw) raw.on('error', (error) => content.destroy(error))
  return { raw, content }
}

async function* csvRows(content: Readable, file: string): AsyncGenerator<Row> {
  const delimiter = delimiterOf(await firstLine(file))
  const skipped: { line: number; problem: string }[] = []
  let last = 0 // where the record before ended: a quote that is not closed takes in the lines that follow
  const parser = content.pipe(
    parse({
      bom: true,
      info: true,
      ltrim: true,
      relax_quotes: true, // 5" disc
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: 1024 * 1024,
      on_skip: (error) => {
        const line = (error as { lines?: number } | undefined)?.lines ?? 0
        skipped.push({ line, problem: messageOf(error) })
        return undefined
      },
    }),
  )
  content.on('error', (error) => parser.destroy(error))
  let columns: readonly string[] | undefined
  for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: string[] }>) {
    if (columns === undefined) {
      columns = record.map((column) => column.trim())
      last = info.lines
      continue
    }
    const since = last + 1
    last = info.lines
    if (record.length !== columns.length) {
      const where = info.lines > since ? ` in lines ${since} to ${info.lines}` : ''
      yield { line: info.lines, problem: `expected ${columns.length} columns, got ${record.length}${where}` }
      continue
    }
    yield { line: info.lines, cells: Object.fromEntries(columns.map((column, n) => [column, record[n].trimEnd()])) }
  }
  for (const { line, problem } of skipped) {
    yield { line, problem: `${problem}; nothing since line ${last + 1} could be read` }
  }
}

async function firstLine(file: string): Promise<string> {
  const { raw, content } = open(file)
  let text = ''
  for await (const chunk of content) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  raw.destroy()
  return text.split('\n')[0] ?? ''
}

/** The one that the line of names has most of. */
const delimiterOf = (header: string): string => {
  const count = (delimiter: string) => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

async function* jsonRows(content: Readable): AsyncGenerator<Row> {
  let line = 0
  for await (const text of createInterface({ input: content, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    if (text.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      yield { line, problem: `expected JSON (${messageOf(error)})` }
      continue
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      yield { line, problem: `expected a JSON object, got ${text.slice(0, 60)}` }
      continue
    }
    const cells = Object.entries(value).filter(([, cell]) => cell !== null && cell !== undefined)
    yield { line, cells: Object.fromEntries(cells.map(([column, cell]) => [column, toText(cell)])) }
  }
}

const toText = (cell: unknown): string => {
  if (Array.isArray(cell)) return cell.map(String).join('|')
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
