import fc from 'fast-check'
import { expect, test } from 'vitest'
import { impressionId } from '../../schema/impression-id.ts'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import { decodeCounts, encodeCounts, type PartitionCounts, shareOf } from '../../schema/records/experiment.ts'
import { armOf, noGoals, type Outcome, tallyFields } from '../../schema/records/goals.ts'
import type { AdoptRecord, EventRecord, InteractionRecord } from '../../schema/records/interaction.ts'
import { decodeInteraction, encodeInteraction } from '../../schema/records/interaction.ts'
import { anIdentify, anInteraction, anUndo, EmbedHarness, someTime } from '../../test/support/interactions.ts'
import { sumOutcomes } from '../experiments/sum-outcomes.ts'

const ids = new RecommendationIds(new Uint8Array(32).fill(7))
const start = () => new EmbedHarness({ ids, attributionMs: () => 86_400_000, currency: 'EUR' })
const listId = (userId: string, placement = 'home') =>
  ids.issue({ userId, revision: 5n, variant: 'spread~wide', placement, arguments: '', itemIds: ['tea'] }).id
const home = armOf('', 'home')

interface Run {
  readonly embed: EmbedHarness
  readonly outcomes: readonly Outcome[]
  readonly counts: PartitionCounts | undefined
}

/** Feeds records, and what the stage hands over after each; sums what was counted. */
function run(records: readonly InteractionRecord[]): Run {
  const embed = start()
  const outcomes: Outcome[] = []
  const feed = (record: InteractionRecord): void => {
    const { counted, handedOver } = embed.feed(record)
    outcomes.push(...counted)
    for (const adoption of handedOver) feed(throughLog(adoption))
  }
  records.forEach(feed)
  const { state } = sumOutcomes(outcomes, undefined)
  return { embed, outcomes, counts: state ? decodeCounts(encodeCounts(state)) : undefined }
}
const throughLog = (record: AdoptRecord) => decodeInteraction(record.userId, encodeInteraction(record), someTime)
const tallyOf = ({ embed }: Run, userId: string) => new Map((embed.state(userId).goals ?? noGoals).arms).get(home)
const sumOf = ({ counts }: Run, field: (typeof tallyFields)[number], arm = home) =>
  counts?.arms.get(arm)?.sums[tallyFields.indexOf(field)]

const order = (fields: Partial<EventRecord>) =>
  anInteraction({ type: 'PURCHASE', itemId: 'tea', unitPrice: 10, quantity: 2, ...fields })

test('a purchase that is undone takes its revenue back from the sums, once', () => {
  const bought = order({ eventId: 'e1', recommendationId: listId('ann') })
  const counted = run([bought, order({ eventId: 'e2', recommendationId: listId('ann'), unitPrice: 1 })])
  expect([sumOf(counted, 'purchases'), sumOf(counted, 'revenue'), sumOf(counted, 'lastTouchRevenue')]).toEqual([
    2, 22, 22,
  ])
  const undone = run([bought, order({ eventId: 'e2', recommendationId: listId('ann'), unitPrice: 1 }), anUndo('e1')])
  for (const arm of [home, armOf('spread~wide', '*')]) {
    expect([sumOf(undone, 'purchases', arm), sumOf(undone, 'revenue', arm)]).toEqual([1, 2])
  }
  const again = run([bought, anUndo('e1'), anUndo('e1'), bought])
  expect([sumOf(again, 'purchases'), sumOf(again, 'revenue'), sumOf(again, 'lastTouchPurchases')]).toEqual([0, 0, 0])
})

test('an item that is shown again in a list counts once, whatever was shown in between and whoever gives the event ids', () => {
  const lists = [listId('ann'), listId('ann', 'cart')] as const
  const shown = (n: number, list: string, eventId = `e${n}`) =>
    anInteraction({ eventId, itemId: 'tea', type: 'IMPRESSION', recommendationId: list })
  const alternating = Array.from({ length: 6 }, (_, n) => shown(n, lists[n % 2]!))
  const counted = run([...alternating, shown(6, lists[0], impressionId(lists[0], 'tea'))])
  expect([sumOf(counted, 'impressions'), sumOf(counted, 'impressions', armOf('', 'cart'))]).toEqual([1, 1])
  const mixed = run([shown(0, lists[0], impressionId(lists[0], 'tea')), shown(1, lists[1]), shown(2, lists[0])])
  expect(sumOf(mixed, 'impressions')).toBe(1)
})

test('what was counted of a guest belongs to the user, who counts once', () => {
  const recommendationId = listId('guest')
  const asGuest = [
    anInteraction({ userId: 'guest', eventId: 'g1', itemId: 'tea', type: 'CLICK', recommendationId }),
    order({ userId: 'guest', eventId: 'g2', recommendationId }),
  ]
  const asUser = anInteraction({ eventId: 'a1', itemId: 'tea', type: 'CLICK', recommendationId: listId('ann', 'home') })
  const counted = run([...asGuest, asUser, anIdentify(), order({ eventId: 'a2', recommendationId })])
  expect(counted.counts?.arms.get(home)?.users).toBe(1)
  expect(tallyOf(counted, 'ann')).toMatchObject({ clicks: 2, purchases: 2, revenue: 40 })
  expect([sumOf(counted, 'clicks'), sumOf(counted, 'purchases'), sumOf(counted, 'revenue')]).toEqual([2, 2, 40])
  expect(counted.embed.state('guest').goals).toBeUndefined()
  const both = run([...asGuest, order({ eventId: 'g2' }), anIdentify()])
  expect(sumOf(both, 'purchases')).toBe(0) // the user's own order named no list, and the guest's is the same event
})

const userId = fc.constantFrom('ann', 'guest', 'other')
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      userId,
      eventId: fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`),
      itemId: fc.constantFrom('tea', 'cup'),
      type: fc.constantFrom('CLICK' as const, 'IMPRESSION' as const, 'PURCHASE' as const, 'REFUND' as const),
      placement: fc.constantFrom('home', 'cart'),
      cents: fc.integer({ min: 0, max: 999 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ userId, undone: fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`) }) },
  { weight: 1, arbitrary: fc.record({ guest: fc.constantFrom('guest', 'other') }) },
)

test('the sums are those of the users, whatever they do, take back and become', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const records = steps.map((one): InteractionRecord => {
        if ('guest' in one) return anIdentify(one.guest)
        if ('undone' in one) return { ...anUndo(one.undone), userId: one.userId }
        const { placement, cents, ...fields } = one
        const isOrder = one.type === 'PURCHASE' || one.type === 'REFUND'
        const recommendationId = listId(one.userId, placement)
        return anInteraction({ ...fields, recommendationId, ...(isOrder && { unitPrice: cents / 100 }) })
      })
      const { embed, counts } = run(records)
      const arms = new Map<string, number[][]>()
      for (const { goals } of embed.states.values()) {
        for (const [arm, tally] of goals?.arms ?? []) {
          const rows = tallyFields.map((field) => [
            tally[field],
            tally[field] ** 2,
            tally[field] * tally[shareOf(field)],
          ])
          const known = arms.get(arm) ?? rows.map((row) => row.map(() => 0))
          arms.set(
            arm,
            rows.map((row, n) => row.map((value, k) => known[n]![k]! + value)),
          )
        }
      }
      for (const [arm, { sums, squares, products }] of counts?.arms ?? []) {
        const wanted = arms.get(arm) ?? tallyFields.map(() => [0, 0, 0])
        tallyFields.forEach((_, n) => {
          const found = [sums[n], squares[n], products[n]]
          for (const [k, value] of wanted[n]!.entries()) expect(found[k]).toBeCloseTo(value, 4)
        })
      }
      expect([...arms.keys()].every((arm) => counts?.arms.has(arm))).toBe(true)
    }),
    { numRuns: 200 },
  )
})
