import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCounts, encodeCounts, type PartitionCounts, positionsMax } from '../../schema/records/experiment.ts'
import { type ArmTally, decodeOutcome, encodeOutcome, noTally, type Outcome } from '../../schema/records/goals.ts'
import { armsMax, positionedItemsMax, positionedPlacementsMax, sumOutcomes } from './sum-outcomes.ts'

interface Step {
  readonly arm?: string
  readonly before?: Partial<ArmTally> | null
  readonly after: Partial<ArmTally> | null
  readonly shown?: Outcome['shown']
}
const outcome = (offset: number, { arm = '|home', before = null, after, shown = null }: Step, epoch = 0): Outcome => ({
  offset,
  epoch,
  at: 1000 + offset,
  shown,
  changes: [{ arm, before: before && { ...noTally, ...before }, after: after && { ...noTally, ...after } }],
})
const sum = (outcomes: readonly Outcome[], before?: PartitionCounts) => {
  const stored = outcomes.map((one) => decodeOutcome(encodeOutcome(one)))
  const { state } = sumOutcomes(stored, before)
  return state ? decodeCounts(encodeCounts(state)) : before
}

describe('sums of outcomes', () => {
  test('hold users, sums, squares and products, as if they were made of the users at the end', () => {
    const counts = sum([
      outcome(1, { after: { impressions: 1 } }),
      outcome(2, { before: { impressions: 1 }, after: { impressions: 2, revenue: 30 } }),
      outcome(3, { after: { impressions: 5, revenue: 10.5 } }),
    ])!
    const { users, sums, squares, products, firstAt, lastAt } = counts.arms.get('|home')!
    expect([users, firstAt, lastAt]).toEqual([2, 1001, 1003])
    expect(sums).toEqual([7, 0, 0, 40.5, 0, 0, 0, 0])
    expect(squares).toEqual([4 + 25, 0, 0, 900 + 110.25, 0, 0, 0, 0])
    expect(products).toEqual([4 + 25, 0, 0, 60 + 52.5, 0, 0, 0, 0])
  })

  test('lose what is taken back, and a guest who has become another user', () => {
    const order = { purchases: 1, revenue: 30, lists: 3, listsClicked: 2 }
    const undone = { purchases: 0, revenue: 0, lists: 3, listsClicked: 2 }
    const counts = sum([
      outcome(1, { after: order }),
      outcome(2, { before: order, after: undone }),
      outcome(3, { after: { impressions: 5 } }),
      outcome(4, { before: { impressions: 5 }, after: null }),
    ])!
    const { users, sums, squares, products } = counts.arms.get('|home')!
    expect([users, sums]).toEqual([1, [0, 0, 0, 0, 0, 0, 3, 2]])
    expect(squares).toEqual([0, 0, 0, 0, 0, 0, 9, 4])
    expect(products).toEqual([0, 0, 0, 0, 0, 0, 0, 6])
    const unknown = sum([outcome(5, { before: order, after: undone }), outcome(6, { before: order, after: null })])!
    expect(unknown.arms.size).toBe(0)
    const refunded = { ...order, revenue: 10 }
    expect(sum([outcome(7, { before: order, after: refunded })])!.arms.size).toBe(0)
    const restarted = sum([outcome(8, { after: { clicks: 1 } }), outcome(9, { before: order, after: refunded })])!
    expect(restarted.arms.get('|home')!.sums).toEqual([0, 1, 0, 0, 0, 0, 0, 0])
  })

  test('count each outcome once, however often it is given again and however it is batched', () => {
    const all = Array.from({ length: 30 }, (_, n) => outcome(n, { arm: `|p${n % 3}`, after: { clicks: 1 } }))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 6 }), (replays) => {
        let counts = sum(all.slice(0, 10))
        for (const [from, to] of replays) counts = sum(all.slice(Math.min(from, 10), Math.min(to, 10)), counts)
        for (const one of all.slice(5)) counts = sum([one], counts)
        expect(counts).toEqual(sum(all))
      }),
    )
    const next = sum([outcome(0, { after: { clicks: 1 } }, 1)], sum(all))
    expect([next!.epoch, next!.offset]).toEqual([1, 0])
  })

  test('hold impressions and clicks by position, those far down together', () => {
    const shown = (position: number, isClick = false) => ({ placement: 'home', itemId: 'tea', position, isClick })
    const counts = sum([
      outcome(1, { after: { impressions: 1 }, shown: shown(2) }),
      outcome(2, { after: { impressions: 1 }, shown: shown(700) }),
      outcome(3, { after: { clicks: 1 }, shown: shown(2, true) }),
    ])!
    const { shownAt, clickedAt } = counts.arms.get('|home')!
    expect([shownAt[1], shownAt[positionsMax - 1], clickedAt[1]]).toEqual([1, 1, 1])
    expect(counts.items.get('home')).toMatchObject([{ itemId: 'tea', shownAt, clickedAt }])
  })

  test('are bounded: arms by their newest event, items by how often they are shown, placements', () => {
    const arms = Array.from({ length: armsMax + 2 }, (_, n) => outcome(n, { arm: `e~v${n}|p`, after: { clicks: 1 } }))
    const kept = sum(arms)!.arms
    expect([kept.size, kept.has('e~v1|p'), kept.has('e~v2|p')]).toEqual([armsMax, false, true])
    const shown = (offset: number, placement: string, itemId: string) =>
      outcome(offset, { after: {}, shown: { placement, itemId, position: 1, isClick: false } })
    const often = Array.from({ length: 3 }, (_, n) => shown(n, 'home', 'popular'))
    const rest = Array.from({ length: 500 }, (_, n) => shown(10 + n, 'home', `i${n}`))
    const items = sum([...often, ...rest])!.items.get('home')!
    expect(items).toHaveLength(positionedItemsMax)
    expect(items.find(({ itemId }) => itemId === 'popular')!.shownAt[0]).toBe(3)
    const places = Array.from({ length: 100 }, (_, n) => shown(n, `p${n}`, 'tea'))
    expect(sum(places)!.items.size).toBe(positionedPlacementsMax)
  })
})
