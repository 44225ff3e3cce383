import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Attention,
  attentionCharsMax,
  attentionItemsMax,
  impressionsMax,
  mergeAttention,
  noAttention,
  restEndsAt,
  withImpression,
  withReaction,
} from './attention.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 0, 15)
const impression = (itemId: string, hours: number, recommendationId: string | null = null) => {
  return { itemId, timestamp: start + hours * hour, recommendationId }
}
const shown = (...impressions: ReturnType<typeof impression>[]): Attention =>
  impressions.reduce(withImpression, noAttention)
/** Impressions without a reaction that count: as many as keep the item at rest. */
const ignored = (attention: Attention, itemId: string, hours: number, within = 48): number => {
  const { shownAt } = attention.find((one) => one.itemId === itemId) ?? { shownAt: [] }
  const now = start + hours * hour
  return shownAt.filter((_, n) => restEndsAt(shownAt, n + 1, within * hour) > now).length
}

describe('attention record', () => {
  test('counts impressions within the interval only', () => {
    const attention = shown(impression('tea', 0), impression('tea', 10), impression('tea', 20), impression('cup', 20))
    expect(ignored(attention, 'tea', 20)).toBe(3)
    expect(ignored(attention, 'tea', 48)).toBe(2)
    expect(ignored(attention, 'tea', 69)).toBe(0)
    expect(ignored(attention, 'cup', 20)).toBe(1)
    expect(ignored(attention, 'pot', 20)).toBe(0)
  })

  test('counts an item once per list', () => {
    const attention = shown(impression('tea', 0, 'a'), impression('tea', 1, 'a'), impression('tea', 2, 'b'))
    expect(ignored(attention, 'tea', 2)).toBe(2)
  })

  test('a reaction starts from zero; an impression that arrives late does not count after it', () => {
    const reacted = withReaction(shown(impression('tea', 0), impression('tea', 1)), 'tea', start + 2 * hour)
    expect(ignored(reacted, 'tea', 2)).toBe(0)
    expect(ignored(withImpression(reacted, impression('tea', 1.5)), 'tea', 2)).toBe(0)
    expect(ignored(withImpression(reacted, impression('tea', 3)), 'tea', 3)).toBe(1)
    expect(withReaction(reacted, 'pot', start)).toBe(reacted)
  })

  test('holds its bounds: the items shown the longest ago are dropped, of an item the oldest impressions', () => {
    const full = shown(...Array.from({ length: attentionItemsMax }, (_, n) => impression(`i${n}`, n)))
    expect(full).toHaveLength(attentionItemsMax)
    const more = withImpression(full, impression('one more', 200))
    expect(more).toHaveLength(attentionItemsMax)
    expect([more[0]!.itemId, more.at(-1)!.itemId]).toEqual(['i1', 'one more'])
    const long = 'x'.repeat(250)
    const many = shown(...Array.from({ length: 100 }, (_, n) => impression(`${long}${n}`, n)))
    const chars = many.reduce((sum, { itemId }) => sum + itemId.length, 0)
    expect(chars).toBeLessThanOrEqual(attentionCharsMax)
    expect(chars).toBeGreaterThan(attentionCharsMax - 256)
    const often = shown(...Array.from({ length: impressionsMax + 5 }, (_, n) => impression('tea', n)))
    expect(often[0]!.shownAt).toHaveLength(impressionsMax)
    expect(often[0]!.shownAt[0]).toBe((start + 5 * hour) / 1000)
  })

  test('a guest’s record is merged within the same bounds', () => {
    const user = withReaction(shown(impression('tea', 0), impression('pot', 3)), 'tea', start + hour)
    const guest = shown(impression('tea', 0.5), impression('tea', 2), impression('cup', 1))
    const merged = mergeAttention(user, guest)
    expect(merged.map(({ itemId }) => itemId)).toEqual(['cup', 'tea', 'pot'])
    expect(ignored(merged, 'tea', 3)).toBe(1)
    const itemId = fc.integer({ min: 0, max: 300 }).map(String)
    const record = fc.array(fc.tuple(itemId, fc.nat(50)), { maxLength: 300 })
    fc.assert(
      fc.property(record, record, (a, b) => {
        const of = (impressions: [string, number][]) => shown(...impressions.map(([id, at]) => impression(id, at)))
        const both = mergeAttention(of(a), of(b))
        expect(both.length).toBeLessThanOrEqual(attentionItemsMax)
        expect(both.every(({ shownAt }) => shownAt.length <= impressionsMax)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})
