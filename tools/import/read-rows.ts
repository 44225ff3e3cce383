import { createReadStream, statSync } from 'node:fs'
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
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 })
  const gzipped = file.endsWith('.gz')
  const name = gzipped ? file.slice(0, -3) : file
  const content: Readable = gzipped ? raw.pipe(createGunzip()) : raw
  raw.on('error', (error) => content.destroy(error))
  const rows = /\.(jsonl|ndjson|json)$/i.test(name) ? jsonRows(content) : csvRows(content)
  return { rows, bytes: statSync(file).size, bytesRead: () => raw.bytesRead }
}

async function* csvRows(content: Readable): AsyncGenerator<Row> {
  const skipped: Row[] = []
  const parser = content.pipe(
    parse({
      bom: true,
      info: true,
      trim: true,
      delimiter: [',', ';', '\t'],
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
    yield* skipped.splice(0)
    if (columns === undefined) {
      columns = record
      continue
    }
    if (record.length !== columns.length) {
      yield { line: info.lines, problem: `expected ${columns.length} columns, got ${record.length}` }
      continue
    }
    yield { line: info.lines, cells: Object.fromEntries(columns.map((column, n) => [column, record[n]])) }
  }
  yield* skipped
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
