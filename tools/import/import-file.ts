import { messageOf } from '../../schema/app-error.ts'
import { type GraphQLClient, RequestError } from '../lib/graphql-client.ts'
import type { ProgressBar } from '../lib/progress-bar.ts'
import { ColumnsError } from './columns.ts'
import type { RowFile } from './read-rows.ts'

export interface Totals {
  rows: number
  /** Of an import that was broken off before. */
  skipped: number
  accepted: number
  bad: number
}

interface Task<Input> {
  readonly file: RowFile
  readonly bar: ProgressBar
  readonly batchRows: number
  readonly skipRows: number
  /** @throws Error with what is wrong with the row */
  readonly toInput: (cells: Readonly<Record<string, string>>) => Input
  /** Records a batch; a RequestError with issues names the elements that are refused. */
  readonly send: (inputs: readonly Input[], rowsDone: number) => Promise<void>
  readonly onBad: (line: number, reason: string) => void
}

/** Sends the rows of a file in their order, a batch at a time. A bad row is reported and left out; the others of its batch go on. */
export async function importFile<Input>(task: Task<Input>): Promise<Totals> {
  const { file, bar, batchRows, skipRows } = task
  const totals: Totals = { rows: 0, skipped: 0, accepted: 0, bad: 0 }
  let batch: { line: number; input: Input }[] = []
  let mapped = false // some row had the columns it needs

  const bad = (line: number, reason: string) => {
    totals.bad++
    task.onBad(line, reason)
  }
  const flush = async () => {
    while (batch.length > 0) {
      try {
        await task.send(
          batch.map(({ input }) => input),
          totals.rows,
        )
        break
      } catch (error) {
        const refused = refusedElements(error)
        if (refused.size === 0) throw error
        for (const [index, reason] of refused) bad(batch[index].line, reason)
        batch = batch.filter((_, index) => !refused.has(index))
      }
    }
    totals.accepted += batch.length
    batch = []
    bar.update(file.bytesRead() / file.bytes, totals.rows, totals.bad > 0 ? `${totals.bad} bad` : '')
  }

  for await (const row of file.rows) {
    totals.rows++
    if ('problem' in row) {
      if (totals.rows > skipRows) bad(row.line, row.problem)
      continue
    }
    let input: Input
    try {
      input = task.toInput(row.cells)
      mapped = true
    } catch (error) {
      if (error instanceof ColumnsError && !mapped) throw error
      if (totals.rows > skipRows) bad(row.line, messageOf(error))
      continue
    }
    if (totals.rows <= skipRows) {
      totals.skipped++
      continue
    }
    batch.push({ line: row.line, input })
    if (batch.length >= batchRows) await flush()
  }
  await flush()
  return totals
}

/** By index: what the server says of the elements it does not take. */
function refusedElements(error: unknown): ReadonlyMap<number, string> {
  const refused = new Map<number, string>()
  if (!(error instanceof RequestError)) return refused
  for (const { path, message } of error.issues) {
    const index = /^(?:events|items)\[(\d+)\]/.exec(path)?.[1]
    if (index !== undefined) refused.set(Number(index), `${path.replace(/^[^.]*\./, '')}: ${message}`)
  }
  return refused
}

export const recordEvents = async (client: GraphQLClient, events: readonly unknown[]): Promise<string> => {
  const query = 'mutation Import($events: [EventInput!]!) { recordEvents(events: $events) { accepted token } }'
  return (await client<{ recordEvents: { token: string } }>(query, { events })).recordEvents.token
}

export const putItems = async (client: GraphQLClient, items: readonly unknown[]): Promise<void> => {
  await client('mutation Import($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
}
