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
  replaceAll()
  replaceAll()
  const settled = getHeapStatistics().total_heap_size
  let largest = 0
  for (let round = 0; round < 12; round++) {
    replaceAll()
    largest = Math.max(largest, getHeapStatistics().total_heap_size)
  }
  expect(living).toHaveLength(500_000)
  expect(settled).toBeGreaterThan(50e6)
  expect(largest).toBeLessThan(1.2 * settled)
})
