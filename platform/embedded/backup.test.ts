import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { systemClock } from '../ports/clock.ts'
import { beginTimeline, readTimeline } from '../timeline.ts'
import { backupEmbedded, restoreEmbedded } from './backup.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'

/** Other work may keep the machine busy. */

test('a copy made in the middle of writing opens as of one moment, and is restored where there is nothing', async () => {
  const [dir, copy, restored] = [aFolder(), aFolder(), aFolder()]
  const { log, store } = await anEmbedded({ dir })
  await log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
  let [next, running] = [0, true]
  const writing = (async () => {
    for (; running; next++) {
      await store.put(tables.userStates, [
        { partition: `row-${next}`, writeTimestamp: 1n, value: Buffer.alloc(500, next) },
      ])
      await log.append('t', [{ key: 'k', value: Buffer.from(`${next}`) }])
    }
  })()
  await expect.poll(() => next).toBeGreaterThan(50)
  const before = next
  await backupEmbedded(dir, copy)
  await expect.poll(() => next).toBeGreaterThan(before + 50)
  running = false
  await writing

  await expect(backupEmbedded(dir, copy)).rejects.toThrow('exists and is not overwritten')
  await restoreEmbedded(copy, restored)
  await expect(restoreEmbedded(copy, dir)).rejects.toThrow('exists')
  await expect(restoreEmbedded(aFolder(), aFolder())).rejects.toThrow('expected a backup')
  const again = await anEmbedded({ dir: restored })
  const records = await again.log.read('t', 0, 0, 1_000_000)
  expect(records.length).toBeGreaterThanOrEqual(before)
  expect(records.length).toBeLessThan(next)
  expect(records.map(({ value }) => Number(Buffer.from(value!).toString()))).toEqual([...records.keys()])
  // The state was put before its record was appended, so the one moment has it for every record.
  const rows = await again.store.get(
    tables.userStates,
    records.map((_, i) => ({ partition: `row-${i}` })),
  )
  expect(rows.every((row, i) => row !== undefined && row[0] === i % 256)).toBe(true)
  const [position] = await again.log.append('t', [{ key: 'k', value: Buffer.from('on') }])
  expect(position!.offset).toBe(records.length)
})

test('a restore begins a timeline that is greater than all before it', async () => {
  const [dir, copy] = [aFolder(), aFolder()]
  const { store, close } = await anEmbedded({ dir })
  expect(await readTimeline(store, 0)).toBe(0) // of a folder of an earlier release
  await beginTimeline(store, 3, 5_000)
  await beginTimeline(store, 3, 6_000) // the first process determines it
  expect(await readTimeline(store, 3)).toBe(5_000)
  await backupEmbedded(dir, copy)
  await close()
  const restoredAt = async (now: number) => {
    const restored = aFolder()
    await restoreEmbedded(copy, restored, { ...systemClock, now: () => now })
    const again = await anEmbedded({ dir: restored })
    return { timelines: [await readTimeline(again.store, 3), await readTimeline(again.store, 0)], restored }
  }
  expect((await restoredAt(7_000)).timelines).toEqual([7_000, 7_000])
  const { timelines, restored } = await restoredAt(4_000) // with a clock that is behind
  expect(timelines).toEqual([5_001, 5_001])
  expect(readdirSync(restored)).not.toContain('restoring')
})

test('there is nothing to copy from a folder that holds nothing', async () => {
  await expect(backupEmbedded(aFolder(), aFolder())).rejects.toThrow('expected a data folder')
})

test('figures tell what the folder takes', async () => {
  const { store, stats } = await anEmbedded({ dir: aFolder() })
  const before = await stats()
  await store.put(tables.userStates, [{ partition: 'p', writeTimestamp: 1n, value: Buffer.alloc(1_000_000) }])
  const after = await stats()
  expect(after.usedBytes - before.usedBytes).toBeGreaterThanOrEqual(1_000_000)
  expect(after.fileBytes).toBeGreaterThanOrEqual(after.usedBytes)
  expect(after.storeRows).toBe(before.storeRows + 1)
  expect(after.diskFreeBytes).toBeGreaterThan(0)
})
