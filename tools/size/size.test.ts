import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { estimateSize, type Load, oneProcess } from './estimate.ts'
import { measured } from './measured.ts'
import { reportSize } from './report.ts'

const small: Load = { ...oneProcess, sockets: 1_000, days: 30 }
const large: Load = { eventsPerSecond: 2_000, items: 100_000, users: 5_000_000, sockets: 20_000, days: 30 }

test('a small shop runs in one process, up to the bounds of it', () => {
  expect(estimateSize(small)).toMatchObject({ isOneProcess: true, workers: 1, partitions: 1, brokers: 0, nodes: 0 })
  for (const more of ['eventsPerSecond', 'items', 'users'] as const) {
    expect(estimateSize({ ...small, [more]: small[more] + 1 }).isOneProcess).toBe(false)
  }
})

test('processes follow from processor time with a reserve of two, none stands alone', () => {
  const size = estimateSize(large)
  expect(size.workers).toBe(Math.ceil((2_000 * measured.stageMsPerEvent * 2) / 1000 / 2))
  expect(size.partitions).toBeGreaterThanOrEqual(size.workers)
  const least = estimateSize({ ...large, eventsPerSecond: 1, sockets: 0 })
  expect(least).toMatchObject({ workers: 2, servers: 2, brokers: 3, nodes: 3, partitions: 12 })
})

test('more of anything never needs less', () => {
  const before = estimateSize(large)
  for (const more of ['eventsPerSecond', 'items', 'users', 'sockets', 'days'] as const) {
    const after = estimateSize({ ...large, [more]: large[more] * 2 })
    for (const name of ['workers', 'partitions', 'servers', 'brokers', 'nodes', 'kafkaBytes', 'storeBytes'] as const) {
      expect(after[name]).toBeGreaterThanOrEqual(before[name])
    }
  }
})

test('docs/sizing.md shows what the command prints', async () => {
  const page = await readFile('docs/sizing.md', 'utf8')
  expect(page).toContain(reportSize(large, estimateSize(large)))
  const shop = { ...small, eventsPerSecond: 50, items: 10_000, users: 50_000 }
  expect(page).toContain(reportSize(shop, estimateSize(shop)))
})
