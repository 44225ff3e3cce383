import { expect, test } from 'vitest'
import { topicSpecs } from '../../schema/topics.ts'
import { type ActualTopic, topicFaults } from './check-topics.ts'

const specs = topicSpecs(4)
const nameOf = (topic: string) => `shop.${topic}`

/** The topics as Pickstream creates them, but for these. */
function faultsWith(others: Record<string, { partitions?: number; settings?: Record<string, string> }>) {
  const actual = new Map(
    specs.map(({ name, partitions, cleanup, retentionMs = -1 }): [string, ActualTopic] => {
      const settings = {
        'cleanup.policy': cleanup,
        'message.timestamp.type': 'LogAppendTime',
        'retention.ms': String(retentionMs),
        ...others[name]?.settings,
      }
      return [name, { partitions: others[name]?.partitions ?? partitions, settings: new Map(Object.entries(settings)) }]
    }),
  )
  return topicFaults(specs, actual, nameOf)
}

test('topics as they are created have no faults; another number of partitions of all topics of users is a warning', () => {
  expect(faultsWith({})).toEqual({ fatal: [], warnings: [] })
  const ofUsers = ['interactions', 'interactions.backfill', 'history', 'outcomes', 'user-vectors', 'lists']
  const more = Object.fromEntries(ofUsers.map((name) => [name, { partitions: 6 }]))
  const warnings = ['shop.interactions: expected PICKSTREAM_PARTITIONS=4, got 6 partitions']
  expect(faultsWith(more)).toEqual({ fatal: [], warnings })
  expect(faultsWith({ 'side-deltas': { partitions: 6 }, 'side-rows': { partitions: 6 } }).warnings).toEqual([])
})

test('a topic that was created with the defaults of the brokers is named with each setting', () => {
  const settings = { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' }
  expect(faultsWith({ items: { partitions: 3, settings } }).fatal).toEqual([
    'shop.items: expected 1 partitions, got 3',
    'shop.items: expected cleanup.policy=compact, got delete',
    'shop.items: expected message.timestamp.type=LogAppendTime, got CreateTime',
  ])
})

test('a policy that also removes records by time, or by key, is another one', () => {
  const settings = { 'cleanup.policy': 'compact,delete' }
  expect(faultsWith({ lists: { settings }, interactions: { settings } }).fatal).toEqual([
    'shop.interactions: expected cleanup.policy=delete, got compact,delete',
    'shop.lists: expected cleanup.policy=compact, got compact,delete',
  ])
})

test('topics of one key need the same number of partitions', () => {
  expect(faultsWith({ lists: { partitions: 6 }, 'side-rows': { partitions: 5 } }).fatal).toEqual([
    'shop.lists: expected 4 partitions, as shop.interactions has, got 6',
    'shop.side-rows: expected 4 partitions, as shop.side-deltas has, got 5',
  ])
})

test('another retention is a warning, and unknown settings are not checked', () => {
  expect(faultsWith({ interactions: { settings: { 'retention.ms': '604800000' } } })).toEqual({
    fatal: [],
    warnings: ['shop.interactions: expected retention.ms=-1, got 604800000'],
  })
  expect(topicFaults(specs, new Map([['items', { partitions: 1 }]]), nameOf)).toEqual({ fatal: [], warnings: [] })
})
