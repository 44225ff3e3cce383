import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import { encodeItem, type ItemRecord } from '../../schema/records/item.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { batchMax } from './availability-windows.ts'
import { Catalog } from './catalog.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function aCatalog(now = 0) {
  const clock = new ManualClock(now)
  const catalog = new Catalog(silentLogger, clock)
  const changes: string[][] = []
  catalog.onChange((ids) => changes.push([...ids]))
  let offset = 0
  const put = (id: string, record: Partial<ItemRecord> | null) => {
    const value = record && encodeItem({ v: 1, id, title: id, ...record })
    catalog.apply([{ topic: 'items', partition: 0, offset: offset++, appendedAt: 0, headers: {}, key: id, value }])
  }
  const window = (id: string, from: number | null, until: number | null) =>
    put(id, { availableFrom: iso(from), availableUntil: iso(until) })
  const isListed = (id: string) => catalog.get(id)?.isListed
  return { clock, catalog, changes, put, window, isListed }
}

describe('an availability window', () => {
  test('that begins while its record is read is reported', async () => {
    const { clock, window, isListed } = aCatalog(9_999)
    const read = clock.now.bind(clock)
    let reads = 0
    clock.now = () => read() + (reads++ === 0 ? 0 : 1) // the clock ticks after the availability was determined
    window('film', 10_000, null)
    expect(isListed('film')).toBe(false)
    await clock.advanceTo(10_001)
    expect(isListed('film')).toBe(true)
  })

  test('opens and closes by itself, and listeners are told at once', async () => {
    const { clock, window, isListed, changes } = aCatalog()
    window('film', 10_000, 20_000)
    expect(isListed('film')).toBe(false)
    changes.length = 0
    await clock.advanceTo(9_999)
    expect([isListed('film'), changes]).toEqual([false, []])
    await clock.advanceTo(10_000)
    expect([isListed('film'), changes]).toEqual([true, [['film']]])
    await clock.advanceTo(19_999)
    expect(isListed('film')).toBe(true)
    await clock.advanceTo(20_000)
    expect([isListed('film'), changes]).toEqual([false, [['film'], ['film']]])
  })

  test('of an item that is not available does not make it so', async () => {
    const { clock, put, isListed } = aCatalog()
    put('film', { available: false, availableFrom: iso(1_000) })
    await clock.advanceTo(5_000)
    expect(isListed('film')).toBe(false)
  })

  test('that is put again counts, and the one before does not', async () => {
    const { clock, window, put, isListed } = aCatalog()
    window('film', null, 5_000)
    window('film', null, 9_000)
    window('book', null, 5_000)
    put('book', {})
    window('song', null, 5_000)
    put('song', null)
    await clock.advanceTo(6_000)
    expect([isListed('film'), isListed('book'), isListed('song')]).toEqual([true, true, undefined])
    window('film', null, 6_001)
    await clock.advanceTo(6_001)
    expect(isListed('film')).toBe(false)
  })

  test('ends within half a second of a clock that was set forward', async () => {
    const { clock, window, isListed } = aCatalog()
    window('film', null, 3_600_000)
    await clock.advanceTo(1_000)
    clock.jumpTo(3_600_000)
    await clock.elapse(500)
    expect(isListed('film')).toBe(false)
  })

  test('of many items at the same time ends for all, in batches', async () => {
    const { clock, window, isListed, changes } = aCatalog()
    const ids = Array.from({ length: batchMax + 10 }, (_, n) => `i${n}`)
    for (const id of ids) window(id, null, 1_000)
    changes.length = 0
    await clock.advanceTo(1_010)
    expect(ids.filter(isListed)).toEqual([])
    expect(changes.map(({ length }) => length)).toEqual([batchMax, 10])
  })

  test('is no longer watched once the catalog is closed', async () => {
    const { clock, catalog, window, isListed } = aCatalog()
    window('film', null, 1_000)
    catalog.close()
    await clock.advanceTo(5_000)
    expect([isListed('film'), clock.waiting]).toEqual([true, 0])
  })

  test('whatever is put when, at any time every item is as its window says', async () => {
    const at = fc.option(fc.integer({ min: 1, max: 40 }), { nil: null })
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), from: at, length: at, wait: fc.nat(5) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, catalog, window } = aCatalog()
        for (const { id, from, length, wait } of steps) {
          window(id, from && from * 100, length && ((from ?? 0) + length) * 100)
          await clock.advanceTo(clock.now() + wait * 100)
          for (const { availableFrom, availableUntil, isListed } of catalog.items.values()) {
            const now = clock.now()
            expect(isListed).toBe((availableFrom ?? 0) <= now && now < (availableUntil ?? Infinity))
          }
          expect(catalog.newestFirst().every((item) => catalog.get(item.id) === item)).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('that is put again and again takes no more room than the items there are', () => {
    const { catalog, window } = aCatalog()
    for (let n = 0; n < 10_000; n++) window(`i${n % 50}`, null, 1_000_000 + n)
    expect(catalog.windowsHeld).toBeLessThanOrEqual(2 * 50 + 64)
  })
})
