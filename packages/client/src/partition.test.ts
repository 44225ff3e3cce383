import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionOf as partitionOfServers } from '../../../platform/partitioner.ts'
import { partitionOf } from './partition.ts'

test('the partition of a user is that of the servers', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 1, max: 5_000 }),
      (userId, partitions) => {
        expect(partitionOf(userId, partitions)).toBe(partitionOfServers(userId, partitions))
      },
    ),
  )
})

test.each([0, -1, 1.5, Number.NaN])('%s partitions are refused', (partitions) => {
  expect(() => partitionOf('ada', partitions)).toThrow(RangeError)
})
