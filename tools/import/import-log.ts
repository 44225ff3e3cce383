import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type { GraphQLClient } from '../lib/graphql-client.ts'
import { progressBar } from '../lib/progress-bar.ts'
import type { BadRows } from './bad-rows.ts'
import { EventSample } from './history.ts'
import { importFile, putItems, recordEvents, type Totals } from './import-file.ts'
import type { ImportOptions } from './options.ts'
import type { Sent } from './pace.ts'
import { eventOptions, itemOptions } from './read-flags.ts'
import { type Reading, readEvents, readItems, refuseEarly } from './reader.ts'
import { checkpointFile, dropCheckpoint, loadCheckpoint, saveCheckpoint } from './resume.ts'
import type { EventInput } from './to-input.ts'

interface Parts {
  readonly client: GraphQLClient
  readonly bad: BadRows
  readonly options: ImportOptions
}

/**
 * Checks the first rows of both files before anything is sent, so that a rejected file causes no partial import. A
 * pipe can be read only once and is checked when it is imported.
 * @throws FileError as of refuseEarly
 */
export async function refuseFilesEarly(options: ImportOptions): Promise<void> {
  const { items, events } = options
  if (items !== undefined) await judge(items, () => readItems(items, itemOptions(options)))
  if (events !== undefined) await judge(events, () => readEvents(events, eventOptions(options)))
}

async function judge(file: string, read: () => Reading<unknown>): Promise<void> {
  if (!statSync(file).isFile()) return
  for await (const _ of refuseEarly(file, read().outcomes)) break
}

/** Imports the catalog. Items are upserted, so every run sends the whole file. */
export async function importItems(file: string, { client, bad, options }: Parts): Promise<Totals> {
  const bar = progressBar('items ', 'rows')
  const reading = readItems(file, itemOptions(options))
  const totals = await importFile({
    reading,
    outcomes: refuseEarly(file, reading.outcomes),
    bar,
    batchRows: options.batch,
    skipRows: 0,
    send: (items) => putItems(client, items),
    onBad: (line, reason) => bad.add(basename(file), line, reason),
  })
  bar.end()
  return totals
}

/**
 * Imports the events in the order of the file. An interrupted import resumes after the last row the server confirmed.
 */
export async function importEvents(
  file: string,
  { client, bad, options }: Parts,
): Promise<Totals & { readonly last?: Sent; readonly sample: EventSample }> {
  const { url, batch } = options
  const bar = progressBar('events', 'rows')
  const reading = readEvents(file, eventOptions(options))
  const path = checkpointFile(file, url, eventOptions(options))
  const checkpoint = options.resume ? await loadCheckpoint(path, client) : undefined
  if (checkpoint) bar.print(`resuming after row ${checkpoint.rows}, where an earlier run was interrupted`)

  const sample = new EventSample()
  let sent: Sent | undefined
  const totals = await importFile<EventInput>({
    reading,
    outcomes: refuseEarly(file, reading.outcomes),
    bar,
    batchRows: batch,
    skipRows: checkpoint?.rows ?? 0,
    async send(events, rows) {
      const token = await recordEvents(client, events, options.live ? 'LIVE' : 'BULK')
      const last = events[events.length - 1]!
      if (rows !== undefined) saveCheckpoint(path, { rows, last: { userId: last.userId, eventId: last.eventId } })
      sent = { userId: last.userId, token }
      for (const event of events) sample.add(event)
      return undefined
    },
    onBad: (line, reason) => bad.add(basename(file), line, reason),
  })
  for (const note of reading.notes()) bar.print(note)
  dropCheckpoint(path)
  bar.end()
  return { ...totals, sample, ...(sent && { last: sent }) }
}
