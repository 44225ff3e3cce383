import { basename } from 'node:path'
import type { GraphQLClient } from '../lib/graphql-client.ts'
import { progressBar } from '../lib/progress-bar.ts'
import type { BadRows } from './bad-rows.ts'
import { eventColumns, itemColumns, parseMap } from './columns.ts'
import { importFile, putItems, recordEvents, type Totals } from './import-file.ts'
import type { ImportOptions } from './options.ts'
import { createPace, type Sent, unpaced } from './pace.ts'
import { readRows } from './read-rows.ts'
import { checkpointFile, dropCheckpoint, loadCheckpoint, saveCheckpoint } from './resume.ts'
import { RowIds } from './row-ids.ts'
import { type EventInput, toEventInput, toItemInput, toType } from './to-input.ts'

interface Parts {
  readonly client: GraphQLClient
  readonly bad: BadRows
  readonly options: ImportOptions
}

const headersMax = 1000

type Cells = Readonly<Record<string, string>>

/** The catalogue: an upsert, so it is sent whole every time. */
export async function importItems(file: string, { client, bad, options }: Parts): Promise<Totals> {
  const bar = progressBar('items ', 'rows')
  const columns = perHeader((header) => itemColumns(header, given(options.itemsMap)))
  const totals = await importFile({
    file: readRows(file),
    bar,
    batchRows: options.batch,
    skipRows: 0,
    toInput: (cells) => toItemInput(cells, columns(cells)),
    send: (items) => putItems(client, items),
    onBad: (line, reason) => bad.add(basename(file), line, reason),
  })
  bar.end()
  return totals
}

/** The events, in the order of the file; an import that was broken off goes on where the server has confirmed it. */
export async function importEvents(
  file: string,
  { client, bad, options }: Parts,
): Promise<Totals & { readonly last?: Sent }> {
  const { url, map, type, batch } = options
  const bar = progressBar('events', 'rows')
  const fallback = type === undefined ? undefined : toType(type)
  const columns = perHeader((header) => eventColumns(header, given(map), fallback !== undefined))
  const ids = new RowIds()
  const pace = options.pace ? createPace(client) : unpaced
  const path = checkpointFile(file, url, { map, type })
  const checkpoint = options.resume ? await loadCheckpoint(path, client) : undefined
  if (checkpoint) bar.print(`going on after row ${checkpoint.rows}, where an earlier run was broken off`)

  let sent: Sent | undefined
  const totals = await importFile<EventInput>({
    file: readRows(file),
    bar,
    batchRows: batch,
    skipRows: checkpoint?.rows ?? 0,
    toInput: (cells) => toEventInput(cells, columns(cells), ids.next(cells), fallback),
    async send(events, rows) {
      const token = await recordEvents(client, events)
      const last = events[events.length - 1]
      saveCheckpoint(path, { rows, last: { userId: last.userId, eventId: last.eventId } })
      sent = { userId: last.userId, token }
      await pace.next(last.userId, token)
    },
    onBad: (line, reason) => bad.add(basename(file), line, reason),
  })
  dropCheckpoint(path)
  bar.end()
  return { ...totals, ...(sent && { last: sent }) }
}

const given = (map: string | undefined) => (map === undefined ? new Map<string, string>() : parseMap(map))

/** A header is looked at once: all CSV rows have the same, JSON rows a few. */
function perHeader<Columns>(recognise: (header: readonly string[]) => Columns): (cells: Cells) => Columns {
  const known = new Map<string, Columns>()
  return (cells) => {
    const header = Object.keys(cells)
    const name = header.join('\0')
    const columns = known.get(name) ?? recognise(header)
    if (known.size < headersMax) known.set(name, columns)
    return columns
  }
}
