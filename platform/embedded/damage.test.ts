import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { eventually } from '../../test/support/start-process.ts'
import { openEmbedded } from './open-embedded.ts'
import { salvageFolder } from './salvage.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'
import { verifyFolder } from './verify.ts'

const pageBytes = 8192
const users = 300
const stateOf = (user: number, version: number) => Buffer.alloc(1200, `user ${user} version ${version} `)
const batches = 40

let filled: Promise<string> | undefined
afterAll(async () => {
  if (filled) rmSync(await filled, { recursive: true })
})

/** A folder with a log of two partitions, offsets, rows and an erasure. */
async function aFilledFolder(): Promise<string> {
  filled ??= fillFolder()
  const dir = aFolder()
  cpSync(await filled, dir, { recursive: true })
  return dir
}

async function fillFolder(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'pickstream-damage-'))
  const { log, store } = await openEmbedded({ dir })
  await log.createTopics([{ name: 't', partitions: 2, cleanup: 'delete' }])
  for (let batch = 0; batch < batches; batch++) {
    const records = Array.from({ length: 50 }, (_, i) => ({
      key: `key-${i}`,
      value: Buffer.from(`batch ${batch} ${i}`),
    }))
    await log.append('t', records)
  }
  const rows = Array.from({ length: users }, (_, user) => ({
    partition: `user-${user}`,
    writeTimestamp: 1n,
    value: stateOf(user, 1),
  }))
  await store.put(tables.userStates, rows)
  await store.erase(tables.eventIds, 'user-1', 5n)
  const consumption = await log.consume({ group: 'group', topics: ['t'] }, async ({ partition, commitBefore }) => {
    commitBefore(3 + partition)
    throw new Error('no further')
  })
  await eventually(async () => String(await log.committedOffsets('group', 't')) === '3,4')
  await consumption.stop(0)
  await log.close()
  await store.close()
  return dir
}

function aDamagedCopy(dir: string, damage: (file: number, bytes: Buffer) => void): string {
  const copy = aFolder()
  cpSync(dir, copy, { recursive: true })
  const path = join(copy, 'data.mdb')
  const file = openSync(path, 'r+')
  damage(file, readFileSync(path))
  closeSync(file)
  return copy
}

function replaceByCopy(path: string): void {
  renameSync(path, `${path}.away`)
  cpSync(`${path}.away`, path)
}

/** Inverts some bytes of the file. */
function invert(file: number, at: number, length: number): void {
  const bytes = Buffer.alloc(length)
  readSync(file, bytes, 0, length, at)
  writeSync(
    file,
    bytes.map((byte) => byte ^ 0xff),
    0,
    length,
    at,
  )
}

const offsetOfText = (text: string) => (file: number, bytes: Buffer) => invert(file, bytes.lastIndexOf(text), 1)

test.each([
  ['a bit of a row', offsetOfText('user 250 version 1 user 250')],
  ['a bit of a record of the log', offsetOfText('batch 20 17')],
  ['the key of a row', offsetOfText('user-250')],
  ['a bit of the settings of a topic', offsetOfText('"cleanup":"delete"')],
  [
    'both pages that say where everything is',
    (file: number) => writeSync(file, Buffer.alloc(2 * pageBytes, 1), 0, 2 * pageBytes, 0),
  ],
])('%s: a start ends with one sentence that says what to do', async (_, damage) => {
  const dir = aDamagedCopy(await aFilledFolder(), damage)
  const opening = openEmbedded({ dir, verify: true })
  await expect(opening).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: false })
  await expect(opening).rejects.toThrow(/^The data folder is damaged: .*npm run restore.*npm run salvage/)
  // The folder is free again: nothing of the failed start is left.
  await expect(openEmbedded({ dir, verify: true })).rejects.toThrow('damaged')
})

test('an undamaged folder, an empty folder and a large one that is read in part start', async () => {
  const dir = await aFilledFolder()
  await verifyFolder(dir)
  await verifyFolder(aFolder())
  const again = await anEmbedded({ dir, verify: true })
  expect(await again.store.get(tables.userStates, [{ partition: 'user-7' }])).toEqual([stateOf(7, 1)])
})

test('every page in turn: what is read is either what was written or an error, and a start refuses', async () => {
  const dir = await aFilledFolder()
  const pages = statSync(join(dir, 'data.mdb')).size / pageBytes
  // A few pages over the whole file: each opening is a process of its own.
  for (let page = 2; page < pages; page += Math.ceil(pages / 6)) {
    const copy = aDamagedCopy(dir, (file) => invert(file, page * pageBytes + 100, 40))
    const outcome = await verifyFolder(copy).then(
      () => 'intact' as const,
      () => 'damaged' as const,
    )
    if (outcome === 'damaged') continue // LMDB may end the process that reads on
    const { log, store } = await openEmbedded({ dir: copy })
    const rows = await store.get(
      tables.userStates,
      Array.from({ length: users }, (_, user) => ({ partition: `user-${user}` })),
    )
    expect(rows.map((row) => row && Buffer.from(row))).toEqual(rows.map((_, user) => stateOf(user, 1)))
    expect(await log.endOffsets('t')).toHaveLength(2)
    await log.close()
    await store.close()
  }
})

test('a damaged row that was not found at the start is an error where it is read, and the others are served', async () => {
  const dir = aDamagedCopy(await aFilledFolder(), offsetOfText('user 250 version 1 user 250'))
  const { store } = await anEmbedded({ dir })
  await expect(store.get(tables.userStates, [{ partition: 'user-250' }])).rejects.toThrow('does not match its checksum')
  expect(await store.get(tables.userStates, [{ partition: 'user-249' }])).toEqual([stateOf(249, 1)])
  await store.erase(tables.userStates, 'user-250', 2n)
  expect(await store.get(tables.userStates, [{ partition: 'user-250' }])).toEqual([undefined])
})

test('salvage copies what is intact, and names what is not', async () => {
  const dir = await aFilledFolder()
  const damagedDir = aDamagedCopy(dir, (file, bytes) => {
    offsetOfText('user 250 version 1 user 250')(file, bytes)
    offsetOfText('batch 20 17')(file, bytes)
  })
  const to = aFolder()
  const report = await salvageFolder(damagedDir, to)
  expect(report.damaged).toEqual([
    expect.stringMatching(/^topic t, partition [01], records up to offset \d+$/),
    'table user_states, key "user-250"',
  ])
  expect(report).toMatchObject({ unreachable: {}, movedEnds: [], copied: { rows: users - 1, topics: 1 } })
  await verifyFolder(to)

  const { log, store } = await anEmbedded({ dir: to, verify: true })
  const intact = await anEmbedded({ dir })
  expect(await log.endOffsets('t')).toEqual(await intact.log.endOffsets('t'))
  expect(await log.committedOffsets('group', 't')).toEqual([3, 4])
  expect(await store.get(tables.userStates, [{ partition: 'user-249' }])).toEqual([stateOf(249, 1)])
  await expect(salvageFolder(damagedDir, to)).rejects.toThrow('exists')
  await expect(salvageFolder(aFolder(), aFolder())).rejects.toThrow('expected a data folder')
})

test('salvage goes on behind a page that is destroyed', async () => {
  const dir = await aFilledFolder()
  const damagedDir = aDamagedCopy(dir, (file, bytes) => {
    const page = Math.floor(bytes.lastIndexOf('user 150 version 1 user 150') / pageBytes)
    writeSync(file, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, page * pageBytes)
  })
  await expect(verifyFolder(damagedDir)).rejects.toThrow('damaged')
  const to = aFolder()
  const report = await salvageFolder(damagedDir, to)
  // A page of 8 KiB holds 6 rows of 1,200 bytes.
  expect(report.copied.rows).toBeGreaterThanOrEqual(users - 6)
  expect(report.copied.rows! + (report.unreachable.rows ?? 0)).toBe(users)
  await verifyFolder(to)
})

test('a partition whose end is lost goes on where no offset was given before', async () => {
  const dir = await aFilledFolder()
  const intact = await anEmbedded({ dir })
  const before = await intact.log.endOffsets('t')
  const endBytes = Buffer.alloc(8)
  endBytes.writeDoubleBE(before[0]!, 0)
  const damagedDir = aDamagedCopy(dir, (file, bytes) => {
    for (let at = bytes.indexOf(endBytes); at !== -1; at = bytes.indexOf(endBytes, at + 8)) invert(file, at, 1)
  })
  const to = aFolder()
  const report = await salvageFolder(damagedDir, to)
  expect(report.movedEnds).toContainEqual(expect.stringMatching(/^topic t, partition 0: continues at offset 1\d{6}$/))
  const { log } = await anEmbedded({ dir: to })
  expect((await log.endOffsets('t'))[0]).toBeGreaterThan(before[0]!)
})

test.each([
  ['removed', (path: string) => renameSync(path, `${path}.away`)],
  ['replaced', replaceByCopy],
])('a data file that is %s while the program runs: nothing more is acknowledged', async (what, change) => {
  const dir = aFolder()
  const { log, store } = await anEmbedded({ dir })
  await log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
  await log.append('t', [{ key: 'k', value: Buffer.from('before') }])
  change(join(dir, 'data.mdb'))
  await expect
    .poll(() => log.append('t', [{ key: 'k', value: Buffer.from('after') }]).then(() => 'taken', String), {
      timeout: 10_000,
    })
    .toContain(`was ${what}`)
  const row = { partition: 'p', writeTimestamp: 1n, value: Buffer.alloc(1) }
  await expect(store.put(tables.userStates, [row])).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
})
