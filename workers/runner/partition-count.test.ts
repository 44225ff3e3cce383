import { expect, test } from 'vitest'
import { createPartitionCount, type PartitionRecords } from './partition-count.ts'

test('tells of each partition at once, then at most once in ten minutes with all that came since', () => {
  const told: PartitionRecords[] = []
  const count = createPartitionCount((forwarded) => told.push(forwarded))
  expect(count.totals()).toBeUndefined()
  const at = (partition: number) => ({ topic: 'interactions', partition })
  count.add(at(2), 3, 0)
  count.add(at(2), 4, 1000)
  count.add(at(5), 1, 2000)
  count.add(at(2), 1, 599_999)
  count.add(at(2), 2, 600_000)
  expect(told).toEqual([
    { ...at(2), records: 3 },
    { ...at(5), records: 1 },
    { ...at(2), records: 7 },
  ])
  expect(count.totals()).toEqual({ 2: 10, 5: 1 })
})
