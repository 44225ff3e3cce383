import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Harness } from '../../test/support/server-harness.ts'
import { startWholeSystem } from '../../test/support/whole-system.ts'
import { graphqlClient } from '../lib/graphql-client.ts'
import { BadRows } from './bad-rows.ts'
import { importEvents } from './import-log.ts'
import type { ImportOptions } from './options.ts'
import { untilCaughtUp } from './pace.ts'
import { eventOptions } from './read-flags.ts'
import { checkpointFile, saveCheckpoint } from './resume.ts'
import { TestFiles } from './testing-files.ts'
import { undoImport } from './undo-import.ts'

const files = new TestFiles()
let shop: Harness
beforeAll(async () => {
  shop = await startWholeSystem()
  await shop.putItems({ id: 'tent' }, { id: 'mat' }, { id: 'lamp' })
})
afterAll(async () => {
  await shop?.close()
  files.remove()
})

class Reported extends BadRows {
  readonly rows: string[] = []
  override add(_source: string, line: number, reason: string): void {
    this.count++
    this.rows.push(`line ${line}: ${reason}`)
  }
}

const parts = (flags: Partial<ImportOptions> = {}) => {
  const url = String(new URL('/graphql', shop.url))
  const bad = new Reported({ print() {} })
  const defaults = { url, batch: 500, live: false, undo: true, strict: false, wait: true, resume: true }
  const options: ImportOptions = { ...defaults, retrySeconds: 60, check: false, yes: true, ...flags }
  return { client: graphqlClient({ url, retryMsMax: 60_000 }), bad, options }
}

const header = 'user,item,type,timestamp\n'
const rowsOf = (user: string, count: number, item = 'tent') =>
  Array.from(
    { length: count },
    (_, n) => `${user},${item},VIEW,${new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()}\n`,
  )

async function load(file: string, flags: Partial<ImportOptions> = {}) {
  const { client, ...others } = parts(flags)
  const { last, sample } = await importEvents(file, { client, ...others })
  await untilCaughtUp(client, () => {}, last)
  return sample.missing(client)
}

async function undo(file: string, flags: Partial<ImportOptions> = {}) {
  const { client, bad, options } = parts(flags)
  return { ...(await undoImport(file, { client, bad, options })), reported: bad.rows }
}

async function itemsOf(user: string): Promise<string[]> {
  const { data } = await shop.ask(
    'query($u: ID!) { user(id: $u) { events(first: 100) { edges { node { itemId } } } } }',
    {
      u: user,
    },
  )
  return (data.user?.events.edges ?? []).map(({ node }: { node: { itemId: string } }) => node.itemId)
}

test('the events of the file are undone, and no others; undoing again finds none', async () => {
  const right = files.write('right.csv', header + rowsOf('ann', 2, 'mat').join(''))
  const wrong = files.write('wrong.csv', header + [...rowsOf('ann', 3), ...rowsOf('ben', 1)].join(''))
  await load(right)
  await load(wrong)
  expect(await undo(wrong)).toEqual({ rows: 4, skipped: 0, undone: 4, notFound: 0, remaining: 0, reported: [] })
  expect(await itemsOf('ann')).toEqual(['mat', 'mat'])
  expect(await itemsOf('ben')).toEqual([])
  expect(await undo(wrong)).toMatchObject({ undone: 0, notFound: 4, remaining: 0 })
})

test('rows that were never imported with these options are named with their event', async () => {
  const file = files.write('typed.csv', header + rowsOf('cem', 2).join(''))
  await load(file, { type: 'CART' })
  const { undone, notFound, reported } = await undo(file)
  expect({ undone, notFound }).toEqual({ undone: 0, notFound: 2 })
  expect(reported[0]).toMatch(/^line 2: expected event ".+" in the history of user "cem", found none/)
  expect(await undo(file, { type: 'CART' })).toMatchObject({ undone: 2, notFound: 0 })
})

test('rows that count again have a suffix; without it, the import finds that they do not count', async () => {
  const file = files.write('again.csv', header + rowsOf('dan', 2).join(''))
  expect(await load(file)).toEqual({ checked: 2, missing: [] })
  await undo(file)
  const { checked, missing } = await load(file)
  expect({ checked, missing: missing.map(({ userId }) => userId) }).toEqual({ checked: 2, missing: ['dan', 'dan'] })
  expect(await itemsOf('dan')).toEqual([])
  expect(await load(file, { idSuffix: '2' })).toEqual({ checked: 2, missing: [] })
  expect(await itemsOf('dan')).toEqual(['tent', 'tent'])
  expect(await undo(file, { idSuffix: '2' })).toMatchObject({ undone: 2 })
})

test('events beyond the newest 200 of a user stay, and are named', async () => {
  const file = files.write('many.csv', header + rowsOf('eve', 230).join(''))
  await load(file)
  const { undone, remaining, notFound, reported } = await undo(file)
  expect({ undone, remaining, notFound }).toEqual({ undone: 200, remaining: 30, notFound: 0 })
  expect(reported).toHaveLength(30)
  expect(reported[0]).toMatch(/^line 2: event ".+" of user "eve" stays/)
})

test('an interrupted undo continues after the rows that are done', async () => {
  const file = files.write('resumed.csv', header + rowsOf('fay', 4).join(''))
  await load(file)
  const { options, client } = parts()
  const path = checkpointFile(file, options.url, { undo: true, ...eventOptions(options) })
  const { data } = await shop.ask('{ user(id: "fay") { events { edges { node { eventId } } } } }')
  const second = data.user.events.edges[2].node.eventId
  await shop.ask('mutation($e: [ID!]!) { undoEvents(userId: "fay", eventIds: $e) { token } }', { e: [second] })
  await untilCaughtUp(client, () => {})
  saveCheckpoint(path, { rows: 2, last: { userId: 'fay', eventId: second } })
  // The first row counts as done, although here it is not: the last look at the file finds it.
  expect(await undo(file)).toMatchObject({ rows: 4, skipped: 2, undone: 2, notFound: 0, remaining: 1 })
})

test('events that still wait in the backfill are undone without waiting', async () => {
  const file = files.write('waiting.csv', header + rowsOf('gus', 50).join(''))
  const { client, ...others } = parts()
  await importEvents(file, { client, ...others })
  expect(await undo(file, { wait: false })).toMatchObject({ rows: 50, undone: 50, notFound: 0, remaining: 0 })
  await untilCaughtUp(client, () => {})
  await expect.poll(() => itemsOf('gus')).toEqual([])
})
