import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToFloats } from '../math/bytes.ts'
import { anInteraction, minuteMs, TestPipeline } from '../test-builders.ts'
import { applyInteraction, emptyProfile } from '../user/profile.ts'
import { type SideDelta, sideDeltasOf } from './deltas.ts'
import { eraOf, fastHalfLifeMs, pairColumn, pairColumns, predecessorsMax, reduceRow, slowHalfLifeMs } from './row.ts'
import { trendHalfLivesMs } from './trends.ts'

const deltas = fc.array(
  fc
    .record({
      key: fc.constant('i:tea'),
      timestamp: fc.integer({ min: 0, max: 1e9 }),
      weight: fc.constantFrom(1, 0.4, -0.8),
      newUser: fc.constantFrom<0 | 1>(0, 1),
      partners: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 }),
      inSession: fc.constant(0),
    })
    .map((delta): SideDelta => ({ ...delta, inSession: delta.partners.length >> 1 })),
  { minLength: 1, maxLength: 30 },
)

describe('an item row', () => {
  test('is the same however its deltas are split into batches', () => {
    fc.assert(
      fc.property(deltas, fc.nat(), (all, pick) => {
        const cut = pick % (all.length + 1)
        const parts = reduceRow(cut === 0 ? undefined : reduceRow(undefined, all.slice(0, cut)), all.slice(cut))
        expect(parts).toEqual(reduceRow(undefined, all))
      }),
    )
  })

  test('gives the same result from a stored copy', () => {
    fc.assert(
      fc.property(deltas, deltas, (first, second) => {
        const live = reduceRow(undefined, first)
        expect(reduceRow(structuredClone(live), second)).toEqual(reduceRow(live, second))
      }),
    )
  })

  test('does not depend on the order of events of one time', () => {
    fc.assert(
      fc.property(deltas, (list) => {
        const same = list.map((delta) => ({ ...delta, timestamp: 7, weight: Math.abs(delta.weight) }))
        const [a, b] = [reduceRow(undefined, same), reduceRow(undefined, [...same].reverse())]
        expect(pairsOf(a)).toEqual(pairsOf(b))
        for (const [k, value] of a.trend.entries()) expect(value).toBeCloseTo(b.trend[k]!, 9)
      }),
    )
  })

  test('counts repeat purchases in the trends of all events, not in first-touch trends', () => {
    const row = reduceRow(undefined, [aDelta({ timestamp: 0, newUser: 1 }), aDelta({ timestamp: 0, newUser: 0 })])
    const [week, foundWeek] = [2, 5]
    expect(trendHalfLivesMs[week]).toBe(trendHalfLivesMs[foundWeek])
    expect([row.trend[week], row.trend[foundWeek]]).toEqual([2, 1])
  })

  test('stays finite and bounded over 10,000 updates', () => {
    let row = reduceRow(undefined, [aDelta({ timestamp: 0 })])
    for (let k = 1; k <= 10_000; k++)
      row = reduceRow(row, [aDelta({ timestamp: k * minuteMs, partners: [`p${(k * 7919) % 900}`] })])
    expect(row.predecessors.length).toBe(predecessorsMax)
    expect(new Set(row.predecessors).size).toBe(predecessorsMax)
    trendHalfLivesMs.forEach((halfLife, k) => {
      const exact = Array.from({ length: 10_001 }, (_, e) => 2 ** (-((10_000 - e) * minuteMs) / halfLife)).reduce(
        (a, b) => a + b,
      )
      expect(Math.abs(row.trend[k]! / exact - 1)).toBeLessThan(1e-9)
    })
    expect(bytesToFloats(row.weights).every(Number.isFinite)).toBe(true)
  })

  test('counts neighbors by distance within the session and beyond it', () => {
    const world = new TestPipeline()
    world.learn(
      anInteraction({ itemId: 'old', timestamp: 0 }),
      anInteraction({ itemId: 'bread', timestamp: 600 * minuteMs }),
      anInteraction({ itemId: 'milk', timestamp: 601 * minuteMs }),
      anInteraction({ itemId: 'tea', timestamp: 602 * minuteMs }),
    )
    const pairs = pairsOf(world.rows.get('i:tea')!)
    expect(pairs.milk).toEqual([1, 1, 1, 1].map(aboutEqual))
    expect(pairs.bread).toEqual([0.5, 0.5, 1, 1].map(aboutEqual))
    expect(pairs.old).toEqual([0, 0, 0, 1].map(aboutEqual))
  })

  test('an event changes only the weights of its own pairs', () => {
    const before = reduceRow(undefined, [aDelta({ timestamp: 0, partners: ['milk', 'bread'], inSession: 1 })])
    const after = reduceRow(before, [aDelta({ timestamp: 30 * dayMs, partners: ['bread'] })])
    expect(rawPairsOf(after).milk).toEqual(rawPairsOf(before).milk)
    expect(pairsOf(after).milk).toEqual(
      [0.5 ** (30 / 365), 0.5 ** (30 / 14), 0.5 ** (30 / 365), 0.5 ** (30 / 365)].map(aboutEqual),
    )
    expect(pairsOf(after).bread).toEqual([0, 0, 0, 1 + 0.5 ** (30 / 365)].map(aboutEqual))
  })

  test('weights halve over their half-lives across eras too, also for an event that comes late', () => {
    const times = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(times, (days) => {
        const row = reduceRow(
          undefined,
          days.map((day) => aDelta({ timestamp: day * dayMs, partners: ['milk'], inSession: 1 })),
        )
        const worth = (halfLife: number) =>
          days.reduce((sum, day) => sum + 2 ** (-(row.lastAt - day * dayMs) / halfLife), 0)
        const slow = aboutEqual(worth(slowHalfLifeMs))
        expect(pairsOf(row).milk).toEqual([slow, aboutEqual(worth(fastHalfLifeMs)), slow, slow])
      }),
    )
  })

  test('a replay derives the deltas of an event again from a later profile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('tea', 'milk', 'bread', 'jam'), { minLength: 1, maxLength: 30 }),
        (items) => {
          let profile = emptyProfile('ann')
          const first: SideDelta[][] = []
          items.forEach((itemId, seq) => {
            profile = applyInteraction(profile, anInteraction({ itemId }), seq, { model: null })
            first.push(sideDeltasOf(profile, seq))
          })
          items.forEach((_, seq) => {
            expect(sideDeltasOf(structuredClone(profile), seq)).toEqual(first[seq])
          })
        },
      ),
    )
  })
})

function aDelta(given: Partial<SideDelta>): SideDelta {
  return { key: 'i:tea', timestamp: 0, weight: 1, newUser: 1, partners: [], inSession: 0, ...given }
}

const dayMs = 24 * 60 * minuteMs

const aboutEqual = (value: number): unknown => expect.closeTo(value, 5)

/** What the weights of each pair are worth at the time of the row. */
function pairsOf(row: ReturnType<typeof reduceRow>): Record<string, number[]> {
  const since = row.lastAt - eraOf(row.lastAt)
  const [slow, fast] = [2 ** (-since / slowHalfLifeMs), 2 ** (-since / fastHalfLifeMs)]
  return Object.fromEntries(
    Object.entries(rawPairsOf(row)).map(([id, weights]) => [
      id,
      weights.map((weight, column) => weight * (column === pairColumn.fresh ? fast : slow)),
    ]),
  )
}

function rawPairsOf(row: ReturnType<typeof reduceRow>): Record<string, number[]> {
  const weights = bytesToFloats(row.weights)
  expect(Object.keys(pairColumn)).toHaveLength(pairColumns)
  return Object.fromEntries(
    row.predecessors.map((id, k) => [id, Array.from(weights.subarray(k * pairColumns, (k + 1) * pairColumns))]),
  )
}
