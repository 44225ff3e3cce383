import { describe, expect, test } from 'vitest'
import type { StoredList } from '../../schema/records/list.ts'
import { createTally, type Published, scoreList } from './score-list.ts'

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
