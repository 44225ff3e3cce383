import { describe, expect, test } from 'vitest'
import {
  changeHeldList,
  type HeldList,
  type HeldListChange,
  heldListOf,
  picksShown,
  picksWaiting,
} from './held-list.ts'

interface List {
  readonly revision: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}
const list = (revision: string, ...ids: string[]): List => ({ revision, picks: ids.map((id) => ({ item: { id } })) })
const having = (...changes: HeldListChange<List>[]): HeldList<List> =>
  changes.reduce(changeHeldList, heldListOf<List>())
const arrived = (revision: string, ...ids: string[]) => ({ type: 'arrived', list: list(revision, ...ids) }) as const
const ids = (state: HeldList<List>) => picksShown(state).map(({ item }) => item.id)

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
    expect(picksWaiting(state)).toBe(1)
    const released = changeHeldList(state, { type: 'released' })
    expect(ids(released)).toEqual(['b', 'c', 'a'])
    expect(picksWaiting(released)).toBeUndefined()
  })

  test('shows what waits when it is asked for, and goes on holding', () => {
    const state = having(
      arrived('1', 'a'),
      { type: 'held' },
      arrived('2', 'b'),
      { type: 'requested' },
      arrived('3', 'c'),
    )
    expect(ids(state)).toEqual(['b'])
    expect(picksWaiting(state)).toBe(1)
  })

  test('tells a new order from new picks', () => {
    const state = having(arrived('1', 'a', 'b'), { type: 'held' }, arrived('2', 'b', 'a'))
    expect(picksWaiting(state)).toBe(0)
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
    expect(picksWaiting(state)).toBe(1)
    expect(ids(changeHeldList(state, { type: 'restored', itemId: 'a' }))).toEqual(['a', 'b'])
  })

  test('a list that was there before is shown at once, and what differs from it is new', () => {
    const rendered = heldListOf(list('1', 'a', 'b'))
    expect(ids(rendered)).toEqual(['a', 'b'])
    expect([...changeHeldList(rendered, arrived('2', 'b', 'c')).fresh]).toEqual(['c'])
  })

  test('the list of another user is shown at once, and its newer lists wait while the pointer is still there', () => {
    const state = having(arrived('1', 'a'), { type: 'held' }, { type: 'cleared' }, arrived('2', 'b'), arrived('3', 'c'))
    expect(ids(state)).toEqual(['b'])
    expect(picksWaiting(state)).toBe(1)
  })
})
