import { expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { aFolder, anEmbedded, startProgram } from './testing/programs.ts'
import { groupBytesMax } from './write-group.ts'

const numbers = { name: 'numbers', partitions: 3, cleanup: 'delete' } as const

const records = (...values: Uint8Array[]) =>
  new Map([['numbers', values.map((value, n) => ({ key: `key-${n}`, value }))]])

const rows = (...values: Uint8Array[]) => [
  { table: tables.userStates, rows: values.map((value, n) => ({ partition: `row-${n}`, value, writeTimestamp: 1n })) },
]

test('records and rows of one call are there once it resolves', async () => {
  const { log, store, writeTogether } = await anEmbedded({ dir: aFolder() })
  await log.createTopics([numbers])
  const [one, two] = [Buffer.from('one'), Buffer.from('two')]
  await writeTogether(records(one, two), rows(two))
  const ends = await log.endOffsets('numbers')
  expect(ends.reduce((sum, end) => sum + end)).toBe(2)
  expect(await store.get(tables.userStates, [{ partition: 'row-0' }])).toEqual([two])
})

test('what is more than one group takes is left to the caller, whole', async () => {
  const { log, store, writeTogether } = await anEmbedded({ dir: aFolder() })
  await log.createTopics([numbers])
  const half = new Uint8Array(groupBytesMax / 2)
  expect(writeTogether(records(half), rows(half))).toBeUndefined()
  await log.append('numbers', [{ key: 'key', value: new Uint8Array(1) }]) // in the next group
  expect((await log.endOffsets('numbers')).reduce((sum, end) => sum + end)).toBe(1)
  expect(await store.get(tables.userStates, [{ partition: 'row-0' }])).toEqual([undefined])
})

test('what does not fit into the queue is refused, whole', async () => {
  const { log, store, writeTogether } = await anEmbedded({ dir: aFolder(), queuedBytesMax: 1000 })
  await log.createTopics([numbers])
  const most = new Uint8Array(600)
  expect(() => writeTogether(records(most), rows(most))).toThrow('more than 1000 bytes wait')
  await log.append('numbers', [{ key: 'key', value: new Uint8Array(1) }])
  expect((await log.endOffsets('numbers')).reduce((sum, end) => sum + end)).toBe(1)
  expect(await store.get(tables.userStates, [{ partition: 'row-0' }])).toEqual([undefined])
})

test('after kill -9 there is no record without its row, and no row without its record', {
  timeout: 120_000,
}, async () => {
  const dir = aFolder()
  const acknowledged = new Set<number>()
  for (let life = 0; life < 3; life++) {
    const writer = startProgram('write-together-until-killed', dir, String(life * 1_000_000))
    await writer.printed(`done ${life * 1_000_000 + 400 + life * 37}`)
    await writer.kill()
    for (const line of writer.lines.slice(0, -1)) acknowledged.add(Number(line.split(' ')[1]))
  }
  const { log, store } = await anEmbedded({ dir })
  const inLog = new Set<number>()
  for (const [partition, end] of (await log.endOffsets('numbers')).entries()) {
    const all = await log.read('numbers', partition, 0, end)
    for (const { value } of all) inLog.add(Number(Buffer.from(value!).toString()))
  }
  const inStore = new Set<number>()
  for await (const page of store.scan(tables.userStates)) {
    for (const { partition } of page) inStore.add(Number(partition.slice('row-'.length)))
  }
  expect(inStore).toEqual(inLog)
  expect([...acknowledged].filter((number) => !inLog.has(number))).toEqual([])
})
