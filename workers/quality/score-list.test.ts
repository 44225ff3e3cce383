import { describe, expect, test } from 'vitest'
import type { StoredList } from '../../schema/records/list.ts'
import { createTally, type Published, scoredTop, scoreList } from './score-list.ts'

const hour = 3_600_000

const aList = (offset: number, items: string[], heldOutItem: string | null = null): StoredList => ({
  position: { partition: 0, offset },
  place: -1,
  epoch: 0,
  computedAt: 0,
  rankedAt: 5 * hour + offset,
  modelVersion: 0,
  causedByEventId: null,
  heldOutItem,
  personalized: true,
  adopted: [],
  unseen: items.map((itemId) => ({ itemId, score: 1, reason: { kind: 'popular', window: 'DAY' } })),
  seen: [],
  unlisted: [],
})

function play(lists: readonly (StoredList | null)[]) {
  const tally = createTally()
  let published: Published | undefined
  for (const list of lists) {
    const { state } = scoreList(list, published, { tally })
    if (state !== undefined) published = state ?? undefined
  }
  return tally.hours()
}

describe('quality on live traffic', () => {
  test('scores the event that made a list against the list before it', () => {
    const hours = play([aList(1, ['a', 'b']), aList(2, ['c', 'd'], 'b'), aList(3, ['e'], 'zzz')])
    expect(hours).toEqual([{ hour: 5 * hour, scored: 2, hits: 1, reciprocalRanks: 0.5 }])
  })

  test('tells items apart whose ids are parts of each other, whatever characters they have', () => {
    const ids = ['ab', 'a', 'b', '\u0001a', 'a,b', 'é', '商品', 'x'.repeat(256)]
    const ranks = [...ids, 'c', '\u0001', ''].map((heldOut) => {
      const [hour] = play([aList(1, ids), aList(2, [], heldOut)])
      return hour!.hits === 0 ? 0 : Math.round(1 / hour!.reciprocalRanks)
    })
    expect(ranks).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0])
  })

  test('scores the top of a list only', () => {
    const ids = Array.from({ length: scoredTop + 1 }, (_, n) => `item-${n}`)
    const hits = ids.slice(-2).map((heldOut) => play([aList(1, ids), aList(2, [], heldOut)])[0]?.hits)
    expect(hits).toEqual([1, 0])
  })

  test('does not score a first list, a replay, or an event that no list could have foreseen', () => {
    expect(play([aList(1, ['a'], 'a')])).toEqual([])
    expect(play([aList(1, ['a']), aList(1, ['a'], 'a')])).toEqual([])
    expect(play([aList(1, ['a']), aList(2, ['b'], null)])).toEqual([])
  })

  test('starts anew after an erasure', () => {
    expect(play([aList(1, ['a']), null, aList(3, ['b'], 'a')])).toEqual([])
  })

  test('keeps the newest hours only', () => {
    const tally = createTally(2)
    for (const at of [1, 2, 3]) tally.add(at * hour, 1)
    expect(tally.hours().map(({ hour: start }) => start / hour)).toEqual([2, 3])
  })
})
