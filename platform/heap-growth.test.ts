import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { boundHeapGrowth } from './heap-growth.ts'

test('a heap whose contents change collects before it has grown to several times what lives', () => {
  boundHeapGrowth()
  const record = (n: number) => ({ n, values: [n, n + 1, n + 2, n + 3, n + 4, n + 5] })
  const living = Array.from({ length: 500_000 }, (_, n) => record(n))
  const replaceAll = () => {
    for (let n = 0; n < living.length; n++) living[n] = record(n)
  }
  for (let round = 0; round < 6; round++) replaceAll() // the first heaps grow as V8 likes
  let largest = 0
  for (let round = 0; round < 10; round++) {
    replaceAll()
    largest = Math.max(largest, getHeapStatistics().total_heap_size)
  }
  expect(living).toHaveLength(500_000)
  // The records take 70 MB. By default V8 lets this heap reach 370 MB.
  expect(largest).toBeGreaterThan(70e6)
  expect(largest).toBeLessThan(300e6)
})
