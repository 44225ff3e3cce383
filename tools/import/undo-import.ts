import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { type GraphQLClient, sleep } from '../lib/graphql-client.ts'
import { progressBar } from '../lib/progress-bar.ts'
import type { BadRows } from './bad-rows.ts'
import { type EventKey, forEachInFlight, foundIn, idsByUser, lookEveryMs, looksMax } from './history.ts'
import { importFile } from './import-file.ts'
import type { ImportOptions } from './options.ts'
import { type Sent, untilCaughtUp } from './pace.ts'
import { eventOptions } from './read-flags.ts'
import { type Outcome, readEvents, refuseEarly } from './reader.ts'
import { checkpointFile, dropCheckpoint, loadCheckpoint, saveCheckpoint } from './resume.ts'
import type { EventInput } from './to-input.ts'

interface Parts {
  readonly client: GraphQLClient
  readonly bad: BadRows
  readonly options: ImportOptions
  readonly onWait?: () => void
}

/** In rows of the file. */
export interface UndoTotals {
  readonly rows: number
  /** Rows that were done in an earlier, interrupted run. */
  readonly skipped: number
  /**
   * Events that were in the history of their user, and are no longer. Without waiting: events for which an undo was
   * sent.
   */
  readonly undone: number
  /** Rows that are invalid, or whose event is not in the history: never imported, or undone before. */
  readonly notFound: number
  /** Events that are still in the history: undo reaches the newest 200 events of a user. */
  readonly remaining: number
}

/** A batch is sent by user, so large ones take fewer requests, and compute fewer lists. */
const batchSize = { batchRows: 100_000, batchBytesMax: 32 * 1024 * 1024 }
const idsMax = 1_000

/**
 * Undoes the events of a file. The same rows and options give the same event ids as in the import. An undo follows what
 * was imported before it also where that still waits, so which events are undone does not depend on the histories that
 * are read; only the counts do. Undoing again changes nothing.
 */
export async function undoImport(file: string, { client, bad, options, onWait }: Parts): Promise<UndoTotals> {
  if (!statSync(file).isFile()) throw new Error(`--undo reads the file twice: expected a file, got a pipe (${file})`)
  const { url, live, wait } = options
  const path = checkpointFile(file, url, { undo: true, ...eventOptions(options) })
  const caughtUp = async (last?: Sent) => {
    if (wait) await untilCaughtUp(client, () => onWait?.(), last)
  }
  await caughtUp()
  const checkpoint = options.resume ? await loadCheckpoint(path, client, false) : undefined
  const bar = progressBar('undo  ', 'rows')
  if (checkpoint) bar.print(`resuming after row ${checkpoint.rows}, where an earlier run was interrupted`)

  let last: Sent | undefined
  const reading = readEvents(file, eventOptions(options))
  const totals = await importFile<EventInput>({
    reading,
    outcomes: refuseEarly(file, reading.outcomes),
    bar,
    ...batchSize,
    skipRows: checkpoint?.rows ?? 0,
    onBad: (line, reason) => bad.add(basename(file), line, reason),
    async send(events, rows) {
      const notFound = new Map<number, string>()
      const found = wait ? await foundIn(client, events) : undefined
      events.forEach((event, n) => {
        if (found?.has(event) === false) notFound.set(n, notFoundReason(event))
      })
      await forEachInFlight(idsByUser(events), async ([userId, ids]) => {
        for (let from = 0; from < ids.length; from += idsMax) {
          const token = await undoEvents(client, userId, ids.slice(from, from + idsMax), live ? 'LIVE' : 'BULK')
          last = { userId, token }
        }
      })
      const { userId, eventId } = events.at(-1)!
      if (rows !== undefined) saveCheckpoint(path, { rows, last: { userId, eventId } })
      return notFound
    },
  })
  bar.end()
  await caughtUp(last)
  const remaining = wait ? await reportRemaining(file, checkpoint?.rows ?? 0, { client, bad, options }) : noneRemain
  dropCheckpoint(path)
  const { rows, skipped, accepted, bad: notFound } = totals
  return { rows, skipped, undone: accepted - remaining.ofThisRun, notFound, remaining: remaining.all }
}

interface Remaining {
  readonly all: number
  /** Number of rows that no earlier run has done. */
  readonly ofThisRun: number
}

const noneRemain: Remaining = { all: 0, ofThisRun: 0 }

/** Reads the file again, and reports its events that are still in the history of their user. */
async function reportRemaining(file: string, skippedRows: number, { client, bad, options }: Parts): Promise<Remaining> {
  const bar = progressBar('check ', 'rows')
  const reading = readEvents(file, eventOptions(options))
  const isOfThisRun = new WeakSet<EventInput>()
  let ofThisRun = 0
  let looksLeft = looksMax
  const { bad: all } = await importFile<EventInput>({
    reading,
    outcomes: withoutInvalid(reading.outcomes, (input, row) => row >= skippedRows && isOfThisRun.add(input)),
    bar,
    ...batchSize,
    skipRows: 0,
    onBad: (line, reason) => bad.add(basename(file), line, reason),
    async send(events) {
      let found = await foundIn(client, events)
      for (; found.size > 0 && looksLeft > 0; looksLeft--) {
        await sleep(lookEveryMs)
        found = await foundIn(client, events)
      }
      const remaining = [...events.entries()].filter(([, event]) => found.has(event))
      ofThisRun += remaining.filter(([, event]) => isOfThisRun.has(event)).length
      return new Map(remaining.map(([n, event]) => [n, remainsReason(event)]))
    },
  })
  bar.end()
  return { all, ofThisRun }
}

/** The rows that have an event. `onInput` is called for each of them, with the number of rows before it. */
async function* withoutInvalid(
  outcomes: AsyncIterable<Outcome<EventInput>>,
  onInput: (input: EventInput, row: number) => void,
): AsyncGenerator<Outcome<EventInput>> {
  let row = 0
  for await (const outcome of outcomes) {
    if ('input' in outcome) {
      onInput(outcome.input, row)
      yield outcome
    }
    row++
  }
}

const notFoundReason = ({ userId, eventId }: EventKey): string =>
  `expected event ${JSON.stringify(eventId)} in the history of user ${JSON.stringify(userId)}, found none: it was never imported with these options, or undone before`

const remainsReason = ({ userId, eventId }: EventKey): string =>
  `event ${JSON.stringify(eventId)} of user ${JSON.stringify(userId)} stays: an undo reaches the newest 200 events of a user`

async function undoEvents(
  client: GraphQLClient,
  userId: string,
  eventIds: readonly string[],
  priority: 'LIVE' | 'BULK',
): Promise<string> {
  const query =
    'mutation Undo($userId: ID!, $eventIds: [ID!]!, $priority: EventPriority) { undoEvents(userId: $userId, eventIds: $eventIds, priority: $priority) { token } }'
  return (await client<{ undoEvents: { token: string } }>(query, { userId, eventIds, priority })).undoEvents.token
}
