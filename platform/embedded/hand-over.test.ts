import { expect, test } from 'vitest'
import { openEmbedded } from './open-embedded.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'

/** Other work may keep the machine busy. */

const value = (text: string) => Buffer.from(text)

test('a partition changes hands only when the batch in hand is done, so nothing is read twice', async () => {
  const dir = aFolder()
  const timing = { heartbeatMs: 20, leaseMs: 60_000 }
  const [a, b] = [await anEmbedded({ dir, ...timing }), await anEmbedded({ dir, lock: false, ...timing })]
  await a.log.createTopics([{ name: 't', partitions: 2, cleanup: 'delete' }])
  const read: string[] = []
  let holding = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await a.log.append(
    't',
    [...'abcdefgh'].map((key) => ({ key, value: value('1') })),
  )
  await a.log.consume({ group: 'g', topics: ['t'] }, async ({ partition, records, isOwned }) => {
    holding++
    await held
    expect(isOwned()).toBe(true)
    read.push(...records.map(({ key }) => `a ${partition} ${key}`))
  })
  await expect.poll(() => holding).toBe(2)
  await b.log.consume({ group: 'g', topics: ['t'] }, async ({ partition, records }) => {
    read.push(...records.map(({ key }) => `b ${partition} ${key}`))
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(read).toEqual([])
  release()
  await expect.poll(() => read.length).toBe(8)
  expect(read.every((line) => line.startsWith('a'))).toBe(true)

  await a.log.append(
    't',
    [...'abcdefgh'].map((key) => ({ key, value: value('2') })),
  )
  await expect.poll(() => read.length).toBe(16)
  const owners = new Set(read.slice(8).map((line) => line.slice(0, 3)))
  expect([...owners].map((line) => line[0]).sort()).toEqual(['a', 'b'])
})

test('a member that was taken for dead writes nothing more, and joins anew', async () => {
  const dir = aFolder()
  const slow = await anEmbedded({ dir, heartbeatMs: 1_000_000, leaseMs: 200 })
  const quick = await openEmbedded({ dir, lock: false, heartbeatMs: 20, leaseMs: 200 })
  await slow.log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
  const owned: boolean[] = []
  let release = () => {}
  await slow.log.consume({ group: 'g', topics: ['t'] }, async ({ records, isOwned }) => {
    if (records[0]!.key !== 'first') return
    owned.push(isOwned())
    await new Promise<void>((resolve) => (release = resolve))
    owned.push(isOwned())
  })
  await slow.log.append('t', [{ key: 'first', value: value('x') }])
  await expect.poll(() => owned).toEqual([true])
  const taken: string[] = []
  await quick.log.consume({ group: 'g', topics: ['t'] }, async ({ records }) => {
    taken.push(...records.map(({ key }) => key))
  })
  await expect.poll(() => taken).toEqual(['first'])
  release()
  await expect.poll(() => owned).toEqual([true, false])
  await quick.log.append('t', [{ key: 'second', value: value('y') }])
  await expect.poll(() => taken).toEqual(['first', 'second'])
  await quick.close()
  expect(await slow.log.committedOffsets('g', 't')).toEqual([2])
})
