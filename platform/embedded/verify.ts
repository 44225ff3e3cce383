import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { AppError } from '../../schema/app-error.ts'
import { damaged } from './checked-db.ts'
import { databasesOf, dataFile, type Environment } from './environment.ts'
import { programArguments } from './programs.ts'

/** A larger file is not read completely at a start: its log and rows are verified when they are read. */
export const verifiedBytesMax = 256 * 2 ** 20
/** A verification that takes longer is in an endless loop: damaged pages that refer to each other. */
const verifyMsMax = 120_000

/**
 * Reads every entry of the folder's data and verifies its checksum, in a child process: LMDB trusts its pages, and a
 * damaged one may end the process that reads it.
 * @throws AppError UNAVAILABLE, not retriable, that says what was found and what to do
 */
export async function verifyFolder(dir: string): Promise<void> {
  const file = dataFile(dir)
  if (!existsSync(file)) return
  const { size } = statSync(file)
  if (size === 0) throw emptyFile(file)
  const scope: Scope = size > verifiedBytesMax ? 'small' : 'all'
  const { code, signal, output } = await run('verify-process', [dir, scope])
  if (code === 0) return
  if (signal !== null) throw damaged(`reading ${file} ended with ${signal}`)
  throw damaged(`${file}: ${output.trim() || `reading it ended with code ${code}`}`)
}

/**
 * An empty file ends the process that opens it, or is taken for a new one: a failed copy must not look like a new
 * shop.
 */
function emptyFile(file: string): AppError {
  const message = `${file} is empty: the first start was interrupted, or a copy failed. Remove it to start without data, or restore a backup (npm run restore)`
  return new AppError('UNAVAILABLE', { message, retriable: false })
}

/** `small`: without the log and the rows. */
export type Scope = 'all' | 'small'

/** @returns what is damaged, as a clause; undefined if nothing is */
export function findDamage(env: Environment, scope: Scope): string | undefined {
  const large = new Set([env.log, env.rows])
  const found: string[] = []
  for (const db of databasesOf(env)) {
    if (scope === 'small' && large.has(db)) continue
    let [entries, bad] = [0, 0]
    for (const { value } of db.rangeWithDamage({})) {
      entries++
      if (value === undefined) bad++
    }
    const expected = db.count()
    if (bad > 0) found.push(`${bad} of ${expected} entries of ${db.name} do not match their checksums`)
    // Damaged pages may hide entries.
    if (entries !== expected) found.push(`${entries} of ${expected} entries of ${db.name} can be reached`)
  }
  return found.length === 0 ? undefined : found.join(', ')
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, programArguments(program, import.meta.url, args), {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: verifyMsMax,
      killSignal: 'SIGKILL',
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, output }))
  })
}
