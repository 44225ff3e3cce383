import { describe, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { systemClock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'

/** Other work may keep the machine busy. */

function aClock() {
  let ahead = 0
  return { ...systemClock, now: () => systemClock.now() + ahead, advance: (ms: number) => (ahead += ms) }
}
const hour = 3_600_000
const day = 24 * hour
const lifeMs = tables.erasures.ttlSeconds * 1000

const write = (
  store: Store,
  partition: string,
  writeTimestamp: bigint,
  value: string | null,
  table: (typeof tables)['erasures' | 'userStates'],
) => store.put(table, [{ partition, writeTimestamp, value: value === null ? null : Buffer.from(value) }])
const read = async (store: Store, partition: string, table: (typeof tables)['erasures' | 'userStates']) =>
  (await store.get(table, [{ partition }]))[0]?.toString()

describe('rows with a time to live', () => {
  test('vanish when it is over, from every way of reading, and then from the disk', async () => {
    const clock = aClock()
    const { store, stats } = await anEmbedded({ dir: aFolder(), clock, maintainEveryMs: 10 })
    await write(store, 'a', 1n, 'one', tables.erasures)
    clock.advance(lifeMs - hour)
    await write(store, 'b', 1n, 'two', tables.erasures)
    expect(await read(store, 'a', tables.erasures)).toBe('one')
    clock.advance(2 * hour)
    expect(await read(store, 'a', tables.erasures)).toBeUndefined()
    expect(await read(store, 'b', tables.erasures)).toBe('two')
    const left: string[] = []
    for await (const page of store.scan(tables.erasures)) left.push(...page.map(({ partition }) => partition))
    expect(left).toEqual(['b'])
    await expect.poll(async () => (await stats()).storeRows).toBe(1)
  })

  test('live again from their newest write', async () => {
    const clock = aClock()
    const { store, stats } = await anEmbedded({ dir: aFolder(), clock, maintainEveryMs: 10 })
    await write(store, 'a', 1n, 'one', tables.erasures)
    clock.advance(lifeMs - 4 * hour)
    await write(store, 'a', 2n, 'two', tables.erasures)
    await write(store, 'b', 1n, 'x', tables.erasures)
    await write(store, 'b', 2n, null, tables.erasures)
    clock.advance(10 * hour)
    await write(store, 'purged-when-this-is', 1n, 'y', tables.erasures)
    expect(await read(store, 'a', tables.erasures)).toBe('two')
    clock.advance(lifeMs - 4 * hour)
    await expect.poll(async () => (await stats()).storeRows).toBe(2)
    expect(await read(store, 'purged-when-this-is', tables.erasures)).toBe('y')
  })
})

describe('removals', () => {
  test('are forgotten after the grace, and only then could an older write show', async () => {
    const clock = aClock()
    const { store, stats } = await anEmbedded({ dir: aFolder(), clock, maintainEveryMs: 10, graceMs: 10 * day })
    await write(store, 'removed', 5n, 'x', tables.userStates)
    await write(store, 'removed', 6n, null, tables.userStates)
    await write(store, 'erased', 5n, 'x', tables.userStates)
    await store.erase(tables.userStates, 'erased', 6n)
    await write(store, 'kept', 5n, 'x', tables.userStates)
    clock.advance(9 * day)
    for (const partition of ['removed', 'erased']) {
      await write(store, partition, 4n, 'late', tables.userStates)
      expect(await read(store, partition, tables.userStates)).toBeUndefined()
    }
    // A newer erasure is remembered for its own time, not for that of the first.
    await store.erase(tables.userStates, 'erased', 8n)
    clock.advance(2 * day)
    await expect.poll(async () => (await stats()).storeRows).toBe(1)
    await write(store, 'erased', 7n, 'late', tables.userStates)
    expect(await read(store, 'erased', tables.userStates)).toBeUndefined()
    expect(await read(store, 'kept', tables.userStates)).toBe('x')
  })
})

test('a key that does not fit is refused as bad input, and nothing else suffers', async () => {
  const { store } = await anEmbedded({ dir: aFolder() })
  const tooLong = write(store, 'x'.repeat(5000), 1n, 'v', tables.userStates)
  await expect(tooLong).rejects.toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
  await write(store, 'fits', 1n, 'v', tables.userStates)
  expect(await read(store, 'fits', tables.userStates)).toBe('v')
})
