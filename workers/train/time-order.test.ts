import { expect, test } from 'vitest'
import { eventAt, TrainingLogBuilder } from '../../engine/train/log.ts'
import { inTimeOrder } from './time-order.ts'

const events = [
  ['ann', 30],
  ['ann', 10],
  ['bob', 20],
  ['bob', 10],
  ['cy', 40],
] as const

function inOrder(eventsMax: number) {
  const builder = new TrainingLogBuilder()
  for (const [n, [userId, timestamp]] of events.entries())
    builder.add({ userId, itemId: `item-${n}`, type: 'VIEW', value: null, quantity: 1, timestamp, seconds: n })
  const log = inTimeOrder(builder.build([]), eventsMax)
  return Array.from({ length: log.size }, (_, place) => {
    const { userId, itemId, timestamp, seconds } = eventAt(log, place)
    return [userId, itemId, timestamp, seconds]
  })
}

test('orders the events by time, and those of one time as they were given', () => {
  expect(inOrder(10)).toEqual([
    ['ann', 'item-1', 10, 1],
    ['bob', 'item-3', 10, 3],
    ['bob', 'item-2', 20, 2],
    ['ann', 'item-0', 30, 0],
    ['cy', 'item-4', 40, 4],
  ])
})

test('above the maximum the oldest are left out', () => {
  expect(inOrder(2).map(([userId]) => userId)).toEqual(['ann', 'cy'])
})
