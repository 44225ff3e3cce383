import { describe, expect, test } from 'vitest'
import { change, emptyList, type HeldList, type List, newPicksWaiting, picksShown } from './held-list.ts'

const list = (revision: string, ...ids: string[]): List => ({
  id: `list-${revision}`,
  revision,
  computedAt: '2026-01-01T00:00:00.000Z',
  modelVersion: 1,
  causedByEventId: null,
  personalized: true,
  picks: ids.map((id) => ({
    item: { id, title: id, categories: [], price: null },
    reason: { __typename: 'PopularNow', window: 'DAY' },
  })),
})
const having = (...changes: Parameters<typeof change>[1][]): HeldList => changes.reduce(change, emptyList)
const arrived = (revision: string, ...ids: string[]) => ({ type: 'arrived', list: list(revision, ...ids) }) as const
const ids = (state: HeldList) => picksShown(state).map(({ item }) => item.id)

describe('the live list', () => {
  test('shows what arrives, and knows what is new in it', () => {
    const state = having(arrived('1', 'a', 'b'), arrived('2', 'c', 'a'))
    expect(ids(state)).toEqual(['c', 'a'])
    expect([...state.fresh]).toEqual(['c'])
  })

  test('nothing counts as new in the first list', () => {
    expect(having(arrived('1', 'a')).fresh.size).toBe(0)
  })

  test('keeps what arrives back while it is held, the newest only, and counts what would be new', () => {
    const state = having(arrived('1', 'a', 'b'), { type: 'held' }, arrived('2', 'x', 'y'), arrived('3', 'b', 'c', 'a'))
    expect(ids(state)).toEqual(['a', 'b'])
    expect(newPicksWaiting(state)).toBe(1)
    const released = change(state, { type: 'released' })
    expect(ids(released)).toEqual(['b', 'c', 'a'])
    expect(newPicksWaiting(released)).toBeUndefined()
  })

  test('shows what waits when it is asked for, and goes on holding', () => {
    const state = having(
      arrived('1', 'a'),
      { type: 'held' },
      arrived('2', 'b'),
      { type: 'asked for' },
      arrived('3', 'c'),
    )
    expect(ids(state)).toEqual(['b'])
    expect(newPicksWaiting(state)).toBe(1)
  })

  test('tells a new order from new picks', () => {
    const state = having(arrived('1', 'a', 'b'), { type: 'held' }, arrived('2', 'b', 'a'))
    expect(newPicksWaiting(state)).toBe(0)
  })

  test('the first list is never held back', () => {
    expect(ids(having({ type: 'held' }, arrived('1', 'a')))).toEqual(['a'])
  })

  test('a pick turned down is gone at once, from older lists too, until it is taken back', () => {
    const state = having(
      arrived('1', 'a', 'b'),
      { type: 'held' },
      { type: 'dismissed', itemId: 'a' },
      arrived('2', 'a', 'c'),
    )
    expect(ids(state)).toEqual(['b'])
    expect(newPicksWaiting(state)).toBe(1)
    expect(ids(change(state, { type: 'restored', itemId: 'a' }))).toEqual(['a', 'b'])
  })
})
