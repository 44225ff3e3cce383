import { describe, expect, test } from 'vitest'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { aStoredRecord } from '../../test/support/interactions.ts'
import { Attempts, batchAttemptsMax, recordAttemptsMax } from './attempts.ts'

const batchOf = (from: number, length = 5) => ({
  partition: 2,
  records: Array.from({ length }, (_, n) => aStoredRecord({ partition: 2, offset: from + n })),
})

function setUp() {
  const world = aQuietWorld()
  let writes = 0
  const store: Store = {
    ...world.store,
    put: (table, rows) => {
      if (table === tables.attempts) writes++
      return world.store.put(table, rows)
    },
  }
  const aProcess = () => new Attempts('embed', store, world.clock)
  const begin = (from: number, process = aProcess()) => world.until(process.beginBatch(batchOf(from)))
  const exhaust = async (from: number) => {
    for (let n = 0; n < batchAttemptsMax; n++) expect(await begin(from)).toBeUndefined()
  }
  return { world, aProcess, begin, exhaust, writes: () => writes }
}

describe('attempts', () => {
  test('cost one write a process and partition, whatever the number of batches', async () => {
    const { aProcess, begin, writes } = setUp()
    const process = aProcess()
    for (let n = 0; n < 10; n++) expect(await begin(5 * n, process)).toBeUndefined()
    expect(writes()).toBe(1)
  })

  test('are counted anew where the partition has gone on between two processes', async () => {
    const { begin, exhaust } = setUp()
    await exhaust(0)
    expect(await begin(5)).toBeUndefined()
    expect(await begin(0)).toBeUndefined()
  })

  test('find the record that ends each process, and no other is run again or set aside', async () => {
    const { world, begin, exhaust } = setUp()
    await exhaust(10)
    const runs: string[] = []
    for (let n = 0; n < recordAttemptsMax; n++) {
      const suspects = (await begin(10))!
      const ended = new Promise<void>((end) => {
        void suspects.runEach(batchOf(10).records, ({ offset }, isFatal) => {
          runs.push(`${offset}${isFatal ? ' fatal' : ''}`)
          if (offset !== 12) return Promise.resolve(0)
          end()
          return new Promise(() => {}) // the process is gone
        })
      })
      await world.until(ended)
    }
    const suspects = (await begin(10))!
    const run = async ({ offset }: { offset: number }, isFatal: boolean) => {
      runs.push(`${offset}${isFatal ? ' fatal' : ''}`)
      return isFatal ? 1 : 0
    }
    expect(await world.until(suspects.runEach(batchOf(10).records, run))).toBe(1)
    expect(runs).toEqual(['10', '11', '12', '12', '12 fatal', '13', '14'])
    expect(await begin(15)).toBeUndefined()
  })

  test('do not count a record that failed while the process went on', async () => {
    const { world, begin, exhaust } = setUp()
    await exhaust(10)
    for (let n = 0; n <= recordAttemptsMax; n++) {
      const suspects = (await begin(10))!
      const failing = suspects.runEach(batchOf(10).records, (_, isFatal) =>
        Promise.reject(new Error(isFatal ? 'set aside' : 'the store is away')),
      )
      await expect(world.until(failing)).rejects.toThrow('the store is away')
    }
  })
})
