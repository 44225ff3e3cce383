import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignCoPartitioned } from './co-partitioning.ts'

const memberIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 })
const topics = ['interactions', 'user-vectors']

test('partition i of every topic has one reader, the same for all topics, and the shares differ by at most one', () => {
  fc.assert(
    fc.property(memberIds, fc.integer({ min: 1, max: 64 }), (ids, count) => {
      const members = ids.map((memberId) => ({ memberId, topics }))
      const assignments = assignCoPartitioned(members, new Map(topics.map((topic) => [topic, count])))
      const shares = ids.map((id) => assignments.get(id)?.[topics[0]!] ?? [])
      for (const id of ids) {
        const assignment = assignments.get(id)!
        expect(assignment[topics[1]!]).toEqual(assignment[topics[0]!])
      }
      expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
      const sizes = shares.map(({ length }) => length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test('the order in which members joined changes nothing', () => {
  fc.assert(
    fc.property(memberIds, fc.integer({ min: 1, max: 64 }), (ids, count) => {
      const counts = new Map([['interactions', count]])
      const members = ids.map((memberId) => ({ memberId, topics }))
      const there = assignCoPartitioned(members, counts)
      const back = assignCoPartitioned([...members].reverse(), counts)
      for (const id of ids) expect(back.get(id)).toEqual(there.get(id))
    }),
  )
})

test('a member gets nothing of a topic it does not read', () => {
  const assignments = assignCoPartitioned(
    [
      { memberId: 'a', topics: ['x'] },
      { memberId: 'b', topics: ['x', 'y'] },
    ],
    new Map([
      ['x', 2],
      ['y', 2],
    ]),
  )
  expect(assignments.get('a')).toEqual({ x: [0] })
  expect(assignments.get('b')).toEqual({ x: [1], y: [0, 1] })
})
