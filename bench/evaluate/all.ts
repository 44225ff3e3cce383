import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Table from 'cli-table3'
import { judge, type Measured, type QualityRow, qualityRows } from './quality-rows.ts'
import { withError } from './report.ts'

export interface AllOptions {
  /** The folder of all logs. */
  readonly folder: string
  /** Names of rows or of logs; null: all rows. */
  readonly rows: readonly string[] | null
  /** Approximate number of queries per row; null: all. */
  readonly sample: number | null
  /** JSON file of the results. */
  readonly results: string
  readonly out: NodeJS.WritableStream
  /** Runs this program and returns what it prints with --json. Default: in a child process. */
  readonly run?: (args: readonly string[]) => Promise<unknown>
}

/** Result of one row, and a hash of the code: rows of other code are measured again. */
interface Kept extends Measured {
  readonly code: string
  readonly command: string
}

const outputBytesMax = 64 * 1024 * 1024

/**
 * Measures the rows of docs/quality.md one after another, each in a process of its own, so that the memory of one log
 * is free before the next is read. Each result is stored at once: an interrupted run continues after the last stored
 * row.
 *
 * @returns whether every row was measured; a missed target is not an error
 * @throws Error for an unknown name
 */
export async function evaluateAll(options: AllOptions): Promise<boolean> {
  const { folder, results, out, run = runProgram } = options
  const rows = chosenRows(options.rows)
  const code = hashOfCode()
  const kept: Record<string, Kept> = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}
  const isCurrent = (one: Kept | undefined, command: string) => one?.code === code && one.command === command
  const problems = new Map<string, string>()
  for (const row of rows) {
    const args = argumentsOf(row, options)
    const command = `npm run evaluate -- ${args.join(' ')}`
    if (!existsSync(join(folder, row.log))) problems.set(row.name, 'no such log')
    else if (!isCurrent(kept[row.name], command)) {
      out.write(`${row.name}: ${command}\n`)
      try {
        kept[row.name] = { ...row.read((await run(args)) as never), code, command }
        mkdirSync(dirname(results), { recursive: true })
        writeFileSync(results, `${JSON.stringify(kept, null, 1)}\n`)
      } catch (error) {
        problems.set(
          row.name,
          String((error as Error).message)
            .trim()
            .split('\n')
            .at(-1)!,
        )
      }
    }
  }
  const measured = new Map(
    rows.flatMap((row) => (problems.has(row.name) ? [] : [[row.name, kept[row.name]!] as const])),
  )
  printAll(rows, measured, problems, out)
  return problems.size === 0
}

function chosenRows(names: readonly string[] | null): readonly QualityRow[] {
  for (const name of names ?? [])
    if (!qualityRows.some((row) => row.name === name || row.log === name))
      throw new Error(`--rows: expected ${qualityRows.map((row) => row.name).join(', ')}; got ${name}`)
  return qualityRows.filter((row) => names === null || names.includes(row.name) || names.includes(row.log))
}

function argumentsOf(row: QualityRow, { folder, sample }: AllOptions): string[] {
  const sampled = sample === null ? [] : ['--queries', String(sample), ...(row.sampled ?? [])]
  return ['--data', join(folder, row.log), ...row.args, ...sampled]
}

/** Runs this program on one row. @throws Error with the end of the program's output */
async function runProgram(args: readonly string[]): Promise<unknown> {
  const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program, ...args, '--json'], {
    maxBuffer: outputBytesMax,
  })
  return JSON.parse(stdout)
}

/** Hash of all files that affect how lists are computed and evaluated. */
function hashOfCode(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const hash = createHash('sha256')
  const isCode = (file: string) => /\.[jt]s$/.test(file) && !file.includes('.test.')
  const files = ['engine', 'bench/evaluate'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(isCode)
      .map((file) => join(folder, file)),
  )
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

function printAll(
  rows: readonly QualityRow[],
  measured: ReadonlyMap<string, Measured>,
  problems: ReadonlyMap<string, string>,
  out: NodeJS.WritableStream,
): void {
  const table = new Table({
    head: ['row', 'figure', 'must', 'Pickstream', 'holds', 'n', 'cold', 'warm', 'beside'],
    style: { head: [], border: [] },
  })
  const percent = ({ hr, hrError, n }: { hr: number; hrError: number; n: number }) =>
    `${withError(hr, hrError)}, n ${n}`
  for (const row of rows) {
    const result = measured.get(row.name)
    if (result === undefined) {
      table.push([row.name, '', '', problems.get(row.name) ?? '', '', '', '', '', ''])
      continue
    }
    const { n, cold, warm, beside } = result
    for (const [place, { name, must, value, error, holds }] of judge(row, result, measured).entries()) {
      const others = Object.entries(beside).map(([method, figures]) => `${method} ${figures[name]!.toFixed(4)}`)
      const apart = place > 0 || cold === undefined || warm === undefined ? ['', ''] : [percent(cold), percent(warm)]
      table.push([
        place === 0 ? row.name : '',
        name,
        must === null ? '' : must.toFixed(4),
        withError(value, error),
        holds,
        place === 0 ? n : '',
        ...apart,
        others.join(', '),
      ])
    }
  }
  out.write(`${table.toString()}\n`)
}
