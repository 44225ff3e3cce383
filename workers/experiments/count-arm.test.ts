import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import { wilsonInterval } from '../../schema/records/experiment.ts'
import type { HistoryRecord } from '../../schema/records/history.ts'
import type { EventType } from '../../schema/records/interaction.ts'
import { type ArmCounts, armOf, countArm } from './count-arm.ts'

const anEvent = (type: EventType, recommendationId: string | null, offset = 1): HistoryRecord => ({
  kind: 'event',
  userId: 'u',
  offset,
  event: { eventId: 'e', itemId: 'i', type, value: null, quantity: 1, timestamp: 0, recommendationId },
})

const ids = new RecommendationIds(new Uint8Array(32).fill(7))
const listOf = (userId: string | null, variant: string | null) =>
  ({ userId, revision: 5n, variant, arguments: '', itemIds: ['i'] }) as const
const idOf = (userId: string | null, variant: string | null) => ids.issue(listOf(userId, variant)).id
const arm = (recommendationId: string | null) => armOf(anEvent('CLICK', recommendationId), { partition: 3 }, { ids })

describe('experiments', () => {
  test('an event is counted for the variant that its list names', () => {
    expect(arm(idOf('u', 'spread~wide'))).toBe('spread~wide/3')
    expect(arm(idOf('u', null))).toBe('')
    expect(arm(null)).toBe('')
  })

  test('an id that was made up, changed or given to another user counts nowhere', () => {
    const own = idOf('u', 'spread~wide')
    const forged = [
      own.replace('wide', 'narrow'),
      own.replace('.spread~wide', ''),
      `${own.slice(0, 10)}${own[10] === 'A' ? 'B' : 'A'}${own.slice(11)}`,
      `${'A'.repeat(32)}.spread~wide`,
      '0000000000abc.hash1234.spread~wide', // as ids were before they could be verified
      idOf('v', 'spread~wide'),
      idOf(null, 'spread~wide'),
      new RecommendationIds(new Uint8Array(32).fill(8)).issue(listOf('u', 'spread~wide')).id,
    ]
    expect(forged.map(arm)).toEqual(forged.map(() => ''))
  })

  test('however often records are given again, each counts once', () => {
    const types = ['IMPRESSION', 'CLICK', 'PURCHASE', 'LIKE'] as const
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { maxLength: 30 }), fc.array(fc.nat(29)), (events, restarts) => {
        const run = (order: number[]) =>
          order.reduce<ArmCounts | undefined>((counts, offset) => {
            return countArm(anEvent(events[offset]!, 'r.u.a~b', offset), counts).state ?? counts
          }, undefined)
        const once = events.map((_, n) => n)
        const again = [...once]
        for (const from of restarts.filter((n) => n < events.length)) {
          const end = again.lastIndexOf(events.length - 1)
          again.splice(end + 1, 0, ...once.slice(from))
        }
        expect(run(again)).toEqual(run(once))
      }),
    )
  })

  test('the interval holds the share and narrows with the trials', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.float({ min: 0, max: 1, noNaN: true }), (trials, part) => {
        const hits = Math.round(trials * part)
        const { share, low, high } = wilsonInterval(hits, trials)
        expect(low).toBeLessThanOrEqual(share + 1e-12)
        expect(high).toBeGreaterThanOrEqual(share - 1e-12)
        const more = wilsonInterval(hits * 10, trials * 10)
        expect(more.high - more.low).toBeLessThan(high - low)
      }),
    )
    const { low, high } = wilsonInterval(10, 100) // Brown, Cai, DasGupta 2001
    expect([low, high].map((x) => x.toFixed(4))).toEqual(['0.0552', '0.1744'])
  })
})
