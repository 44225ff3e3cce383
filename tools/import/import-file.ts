import { type GraphQLClient, RequestError } from '../lib/graphql-client.ts'
import type { ProgressBar } from '../lib/progress-bar.ts'
import type { Outcome, Reading } from './reader.ts'

export interface Totals {
  rows: number
  /** Rows accepted in an earlier, interrupted run. */
  skipped: number
  accepted: number
  bad: number
  /** Rows about something that is not imported, such as page views of a tracker. */
  ignored: number
}

interface Task<Input> {
  readonly reading: Pick<Reading<Input>, 'bytes' | 'bytesRead'>
  readonly outcomes: AsyncIterable<Outcome<Input>>
  readonly bar: ProgressBar
  readonly batchRows: number
  /** Default: `requestBytesMax`, for batches that are sent as one request. */
  readonly batchBytesMax?: number
  readonly skipRows: number
  /**
   * Sends rows to the server. Rejects with a RequestError whose issues name the refused elements.
   * @param rowsDone rows of the file that are done once these are accepted; undefined where earlier rows are still to
   * be sent
   * @returns reasons of rows that are bad although the request succeeded, by index
   */
  readonly send: Send<Input>
  readonly onBad: (line: number, reason: string) => void
}

type Send<Input> = (
  inputs: readonly Input[],
  rowsDone: number | undefined,
) => Promise<ReadonlyMap<number, string> | undefined>

interface Entry<Input> {
  readonly line: number
  readonly input: Input
}

/** Maximum size of a request, unless one row is larger. The server's default limit is 2 MiB. */
export const requestBytesMax = 1024 * 1024

/**
 * Sends the rows of a file in their order, in batches of at most `batchRows` rows and `batchBytesMax` bytes. Rows
 * that are invalid are reported and not sent.
 */
export async function importFile<Input>(task: Task<Input>): Promise<Totals> {
  const { reading, bar, batchRows, batchBytesMax = requestBytesMax, skipRows } = task
  const totals: Totals = { rows: 0, skipped: 0, accepted: 0, bad: 0, ignored: 0 }
  let batch: Entry<Input>[] = []
  let bytes = 0

  const bad = (line: number, reason: string) => {
    totals.bad++
    task.onBad(line, reason)
  }
  const flush = async () => {
    totals.accepted += await sendBatch(batch, (inputs, last) => task.send(inputs, last ? totals.rows : undefined), bad)
    batch = []
    bytes = 0
    bar.update(reading.bytesRead() / reading.bytes, totals.rows, totals.bad > 0 ? `${totals.bad} bad` : '')
  }

  for await (const outcome of task.outcomes) {
    if (!('input' in outcome)) {
      totals.rows++
      if ('problem' in outcome) bad(outcome.line, outcome.problem)
      else totals.ignored++
      continue
    }
    if (totals.rows < skipRows) {
      totals.rows++
      totals.skipped++
      continue
    }
    const size = Buffer.byteLength(JSON.stringify(outcome.input)) + 1
    if (batch.length > 0 && bytes + size > batchBytesMax) await flush()
    totals.rows++
    bytes += size
    batch.push(outcome)
    if (batch.length >= batchRows) await flush()
  }
  await flush()
  return totals
}

/**
 * Sends a batch. If the server refuses it and names elements, the others are sent again; if it names none, halves are
 * sent until the refused rows are found: n refused rows of N take at most about 2 n log2 N requests.
 * @returns the number of accepted rows
 * @throws RequestError where no row is the cause, for example without access
 */
async function sendBatch<Input>(
  batch: readonly Entry<Input>[],
  send: (inputs: readonly Input[], last: boolean) => ReturnType<Send<Input>>,
  bad: (line: number, reason: string) => void,
  last = true,
): Promise<number> {
  if (batch.length === 0) return 0
  try {
    const inputs = batch.map(({ input }) => input)
    const reasons = (await send(inputs, last)) ?? new Map<number, string>()
    for (const [index, reason] of reasons) bad(batch[index]!.line, reason)
    return batch.length - reasons.size
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'BAD_USER_INPUT') throw error
    const refused = refusedElements(error)
    if (refused.size > 0) {
      for (const [index, reason] of refused) if (batch[index]) bad(batch[index].line, reason)
      return sendBatch(
        batch.filter((_, index) => !refused.has(index)),
        send,
        bad,
        last,
      )
    }
    if (batch.length === 1) {
      bad(batch[0]!.line, error.message)
      return 0
    }
    const half = Math.ceil(batch.length / 2)
    const first = await sendBatch(batch.slice(0, half), send, bad, false)
    return first + (await sendBatch(batch.slice(half), send, bad, last))
  }
}

/** The server's message for each refused element, by index. */
function refusedElements({ issues }: RequestError): ReadonlyMap<number, string> {
  const refused = new Map<number, string>()
  for (const { path, message } of issues) {
    const index = /^(?:events|items)\[(\d+)\]/.exec(path)?.[1]
    if (index !== undefined) refused.set(Number(index), `${path.replace(/^[^.]*\./, '')}: ${message}`)
  }
  return refused
}

export const recordEvents = async (
  client: GraphQLClient,
  events: readonly unknown[],
  priority: 'LIVE' | 'BULK',
): Promise<string> => {
  const query =
    'mutation Import($events: [EventInput!]!, $priority: EventPriority) { recordEvents(events: $events, priority: $priority) { accepted token } }'
  return (await client<{ recordEvents: { token: string } }>(query, { events, priority })).recordEvents.token
}

export const putItems = async (client: GraphQLClient, items: readonly unknown[]): Promise<undefined> => {
  await client('mutation Import($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
}
