import { expect, test } from 'vitest'
import { pipelineMembers } from '../../../schema/event-flow.ts'
import { depthOf, edgesOf, stationsOf } from './topology.ts'

const members = pipelineMembers.map(([name, { from, emits, follows, purpose }]) => ({
  name,
  purpose,
  from,
  emits: [...emits],
  follows: [...follows],
}))
const edges = edgesOf(members)

test('the picture joins every stage as the event flow does', () => {
  const drawn = edges.map(({ from, to, topic }) => `${from} ${topic} ${to}`).sort()
  expect(drawn).toEqual(
    [
      'backfill interactions embed',
      'embed history archive',
      'embed outcomes experiments',
      'embed side-deltas learn',
      'embed user-vectors recommend',
      'recommend lists push',
      'recommend lists quality',
      'recommend lists sink',
      'server interactions embed',
      'server interactions.backfill backfill',
      'server items catalogue',
      'train models recommend',
    ].sort(),
  )
})

test('stations are listed in the order of the flow, undescribed stages last', () => {
  expect(stationsOf(['unheard-of', 'sink', 'embed', 'recommend'], edges)).toEqual([
    'server',
    'embed',
    'recommend',
    'sink',
    'push',
    'unheard-of',
  ])
  expect(depthOf('server', edges)).toBe(0)
  expect(depthOf('push', edges)).toBeGreaterThan(depthOf('embed', edges))
})
