import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArmSums, countsKey, encodeCounts, noCounts, noSums } from '../../schema/records/experiment.ts'
import { armOf } from '../../schema/records/goals.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const day = 86_400_000
let harness: Harness
let writes = 0
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

/** Users who saw ten items each and clicked some; every tenth ordered once for `price`. */
function arm(users: number, clicks: number, price: number, days = 10): ArmSums {
  const orders = Math.floor(users / 10)
  const revenue = orders * price
  return {
    ...noSums,
    users,
    firstAt: 0,
    lastAt: days * day,
    sums: [users * 10, users * clicks, orders, revenue, orders, revenue, users * 2, users],
    squares: [
      users * 100,
      users * (clicks ** 2 + 1),
      orders,
      orders * price ** 2,
      orders,
      orders * price ** 2,
      users * 4,
      users,
    ],
    products: [
      users * 100,
      users * 10 * clicks,
      orders * 10,
      revenue * 10,
      orders * 10,
      revenue * 10,
      users * 20,
      users * 2,
    ],
  }
}

const put = (partition: number, arms: Record<string, ArmSums>, items = new Map()) =>
  harness.store.put(tables.experimentCounts, [
    {
      partition: countsKey(partition),
      value: encodeCounts({ ...noCounts, offset: 1, arms: new Map(Object.entries(arms)), items }),
      writeTimestamp: writeTimestampOf(++writes),
    },
  ])

const bothPlaces = (variant: string, sums: ArmSums) => ({ [armOf(variant, '*')]: sums, [armOf(variant, 'home')]: sums })

describe('experiments', () => {
  const ask = async () => {
    const lift = 'lifts { metric value low high verdict }'
    const figures = `name users impressions clicks purchases revenue clickThrough { share low high }
      lists hitRate { share low high } revenuePerUser { value low high } lastTouch { purchases revenue } ${lift}`
    const query = `{ experiments { name baseline variants { ${figures} } placements { placement variants { name users } } } }`
    return (await harness.ask(query)).data.experiments
  }

  test('add up over partitions, with intervals, by placement and against the baseline', async () => {
    const wide = arm(600, 3, 20)
    await put(0, { ...bothPlaces('spread~wide', wide), ...bothPlaces('spread~control', arm(600, 2, 20)) })
    await put(1, { ...bothPlaces('spread~wide', wide), ...bothPlaces('spread~control', arm(600, 2, 20)) })
    const [experiment] = await ask()
    expect(experiment).toMatchObject({ name: 'spread', baseline: 'control' })
    const [control, treated] = experiment.variants
    expect(control.lifts).toEqual([])
    expect(treated).toMatchObject({ users: 1200, impressions: 12_000, clicks: 3600, purchases: 120, revenue: 2400 })
    expect(treated.lastTouch).toEqual({ purchases: 120, revenue: 2400 })
    expect(treated.clickThrough).toMatchObject({ share: 0.3 })
    expect(treated.clickThrough.low).toBeCloseTo(0.3 - 1.96 * (0.1 / Math.sqrt(1200)), 3)
    expect(treated).toMatchObject({ lists: 2400, hitRate: { share: 0.5, low: 0.5, high: 0.5 } })
    expect(treated.revenuePerUser.value).toBe(2)
    const [clicks, revenue] = treated.lifts
    expect(clicks).toMatchObject({ metric: 'CLICK_THROUGH', verdict: 'BETTER' })
    expect(clicks.value).toBeCloseTo(0.5, 6)
    expect(revenue).toMatchObject({ metric: 'REVENUE_PER_USER', value: 0, verdict: 'NO_DIFFERENCE' })
    expect(revenue.low).toBeLessThan(0)
    expect(experiment.placements).toEqual([
      {
        placement: 'home',
        variants: [
          { name: 'control', users: 1200 },
          { name: 'wide', users: 1200 },
        ],
      },
    ])
  })

  test.each([
    ['less than a week', arm(600, 3, 20, 6.9)],
    ['less than 100 users', arm(99, 3, 20)],
  ])('tell that it is too early with %s', async (_, wide) => {
    await put(0, { ...bothPlaces('spread~wide', wide), ...bothPlaces('spread~control', arm(600, 2, 20)) })
    await put(1, {})
    const [{ variants }] = await ask()
    expect(variants[1].lifts.map(({ verdict }: { verdict: string }) => verdict)).toEqual(Array(3).fill('TOO_EARLY'))
  })

  test('list variants of the rules that have no counts yet, and compare with a control that has none', async () => {
    await harness.putRules(
      'experiments: [{ name: spread, variants: [{ name: wide, share: 0.5 }, { name: control, share: 0.5 }] }]',
    )
    await put(0, bothPlaces('spread~wide', arm(600, 3, 20)))
    const [{ baseline, variants, placements }] = await ask()
    await harness.putRules('')
    expect(baseline).toBe('control')
    expect(variants).toMatchObject([
      { name: 'control', users: 0, impressions: 0, revenue: 0, clickThrough: { share: 0, low: 0, high: 1 } },
      { name: 'wide', users: 600 },
    ])
    expect(variants[1].lifts[0]).toEqual({
      metric: 'CLICK_THROUGH',
      value: null,
      low: null,
      high: null,
      verdict: 'TOO_EARLY',
    })
    expect(placements).toEqual([{ placement: 'home', variants: [{ name: 'wide', users: 600 }] }])
  })

  test('tell of revenue only from 30 purchases on', async () => {
    await put(0, { ...bothPlaces('spread~wide', arm(290, 3, 20)), ...bothPlaces('spread~control', arm(600, 2, 20)) })
    const [{ variants }] = await ask()
    expect(variants[1].lifts[0].verdict).toBe('BETTER')
    expect(variants[1].lifts[1].verdict).toBe('TOO_EARLY')
  })
})

test('placements are listed with clicks by position and how often each is examined', async () => {
  const shownAt = noSums.shownAt.map((_, k) => (k < 2 ? 1000 : 0))
  const clickedAt = noSums.clickedAt.map((_, k) => (k === 0 ? 200 : k === 1 ? 50 : 0))
  const items = new Map([['home', [{ itemId: 'tea', shownAt, clickedAt }]]])
  const sums = { ...arm(100, 3, 20), shownAt, clickedAt }
  await put(0, { [armOf('', 'home')]: sums, [armOf('', null)]: arm(5, 1, 1), ...bothPlaces('a~b', sums) }, items)
  const query = `{ placements { placement users purchases meanReciprocalPosition
    positions { position impressions clicks clickThrough examination } } experiments { variants { correctedClickThrough { share } } } }`
  const { placements, experiments } = (await harness.ask(query)).data
  expect(placements).toMatchObject([
    { placement: null, users: 5, meanReciprocalPosition: null, positions: [] },
    { placement: 'home', users: 100, purchases: 10, meanReciprocalPosition: 0.9 },
  ])
  const [first, second, ...others] = placements[1].positions
  expect(first).toEqual({ position: 1, impressions: 1000, clicks: 200, clickThrough: 0.2, examination: 1 })
  expect(second.examination).toBeCloseTo((0.25 * 1000 + 100) / 1100, 2)
  expect(others).toEqual([])
  // 200 clicks of weight 1 and 50 of 1 / examination, by 2000 impressions.
  const [{ variants }] = experiments
  expect(variants[0].correctedClickThrough.share).toBeCloseTo((200 + 50 / second.examination) / 2000, 6)
})
