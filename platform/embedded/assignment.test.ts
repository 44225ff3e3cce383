import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignPartitions, refKey } from './assignment.ts'

const topics = ['a', 'b', 'c']
const groups = fc.record({
  members: fc
    .uniqueArray(fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'), { minLength: 1 })
    .chain((ids) =>
      fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), topics: fc.subarray(topics, { minLength: 1 }) }))),
    ),
  counts: fc
    .tuple(fc.nat(8), fc.nat(8), fc.nat(8))
    .map((counts) => new Map(topics.map((topic, i) => [topic, counts[i]!]))),
  owners: fc.dictionary(
    fc.tuple(fc.constantFrom(...topics), fc.nat(7)).map(([topic, partition]) => refKey({ topic, partition })),
    fc.constantFrom('m1', 'm2', 'm3', 'gone'),
  ),
})

const share = (target: ReadonlyMap<string, string>, topic: string, id: string) =>
  [...target].filter(([key, owner]) => key.startsWith(`${topic}/`) && owner === id).length

test('every partition of a topic that is taken has one owner, evenly, among those that take the topic', () => {
  fc.assert(
    fc.property(groups, ({ members, counts, owners }) => {
      const target = assignPartitions(members, counts, new Map(Object.entries(owners)))
      for (const topic of topics) {
        const takers = members.filter((member) => member.topics.includes(topic))
        const shares = takers.map(({ id }) => share(target, topic, id))
        expect(shares.reduce((sum, each) => sum + each, 0)).toBe(takers.length === 0 ? 0 : counts.get(topic))
        if (shares.length > 0) expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('a settled group stays as it is, and whoever looks decides alike', () => {
  fc.assert(
    fc.property(groups, ({ members, counts, owners }) => {
      const target = assignPartitions(members, counts, new Map(Object.entries(owners)))
      expect(assignPartitions([...members].reverse(), counts, target)).toEqual(target)
    }),
  )
})

test('a newcomer takes only its share', () => {
  const counts = new Map([['a', 12]])
  const members = ['m1', 'm2', 'm3'].map((id) => ({ id, topics: ['a'] }))
  const before = assignPartitions(members.slice(0, 2), counts, new Map())
  const after = assignPartitions(members, counts, before)
  expect([...after].filter(([key, owner]) => before.get(key) !== owner)).toHaveLength(4)
})
