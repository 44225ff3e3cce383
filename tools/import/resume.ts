import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type GraphQLClient, sleep } from '../lib/graphql-client.ts'
import { foundIn } from './history.ts'

/** The progress of an import of one file into one server. */
export interface Checkpoint {
  /** Rows of the file that are done: accepted by the server, or reported as bad. */
  readonly rows: number
  /** The last event that the server acknowledged. */
  readonly last: { readonly userId: string; readonly eventId: string }
}

const folder = '.cache/import'
const waitMsMax = 10_000

/** Path of the checkpoint of an import; another file, server or option has another one. */
export function checkpointFile(file: string, url: string, options: unknown): string {
  const { size, mtimeMs } = statSync(file)
  const name = JSON.stringify([resolve(file), size, mtimeMs, url, options], (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value,
  )
  return join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 16)}.json`)
}

export function saveCheckpoint(path: string, checkpoint: Checkpoint): void {
  mkdirSync(folder, { recursive: true })
  const draft = `${path}.${process.pid}.new` // two imports of one file may run at once
  writeFileSync(draft, JSON.stringify(checkpoint))
  renameSync(draft, path)
}

export const dropCheckpoint = (path: string): void => rmSync(path, { force: true })

/**
 * The checkpoint of an interrupted import or undo, if the server confirms it: the last event that it acknowledged is in
 * its user's history, or is not. A server that has lost its data since receives all rows again, which is always safe.
 * @param isThere whether the last event must be in the history
 */
export async function loadCheckpoint(
  path: string,
  client: GraphQLClient,
  isThere = true,
): Promise<Checkpoint | undefined> {
  let checkpoint: Checkpoint
  try {
    checkpoint = JSON.parse(readFileSync(path, 'utf8')) as Checkpoint
  } catch {
    return undefined
  }
  for (let waitedMs = 0; waitedMs <= waitMsMax; waitedMs += 500) {
    if ((await foundIn(client, [checkpoint.last])).has(checkpoint.last) === isThere) return checkpoint
    await sleep(500)
  }
  return undefined
}
