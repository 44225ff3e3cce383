import { expect, test } from 'vitest'
import { inWords, notInForce } from './in-words.ts'

test('every rule is said in the order in which it is applied', () => {
  const { always, experiments } = inWords(
    'pins: [{ item: tent, position: 2 }]\nexploration: 0.1\nmaxCategoryShare: 0.5\nfreshnessHalfLifeDays: 7\n' +
      'boosts: [{ tag: sale, factor: 1.5 }, { category: Old, factor: 0 }]',
  )
  expect(always.map(({ text }) => text)).toEqual([
    'order randomized with strength 10 %, to try items without impressions',
    'tag sale has its score multiplied by 1.5',
    'category Old goes last',
    'new items have a bonus that halves every 7 days',
    'no category takes more than 50 % of the first 20',
    'item tent is pinned to position 2',
  ])
  expect(always.map(({ about }) => about)).toEqual([
    undefined,
    { tag: 'sale' },
    { category: 'Old' },
    undefined,
    undefined,
    { item: 'tent' },
  ])
  expect(experiments).toEqual([])
})

test('a variant says what it does otherwise', () => {
  const source =
    'experiment: { name: a, variants: [{ name: x, share: 0.4 }, { name: y, share: 0.6, rules: { exploration: 0.2 } }] }'
  const [experiment] = inWords(source).experiments
  expect(experiment).toMatchObject({ name: 'a', scope: 'on all lists' })
  expect(experiment!.variants).toMatchObject([
    { name: 'x', share: 0.4, sentences: [] },
    { name: 'y', share: 0.6, sentences: [{ text: expect.stringContaining('20 %') }] },
  ])
})

test('conditions, filters, placements and experiments are said with where and when they hold', () => {
  const { always, placements, experiments } = inWords(`
filters: [{ excludeCategories: [Old, Odd], minPrice: 5, attributes: [{ name: brand, in: [Acme] }], when: { placement: email } }]
seen: { PURCHASE: forever, VIEW: 30d, CONSUME: 0.6 }
objective: { weights: { PURCHASE: 5, VIEW: 1 }, revenue: 0.3 }
boosts: [{ attribute: { name: size, gte: 2, lte: 4 }, factor: 2, when: { category: Shoes, attribute: { name: organic, is: true } } }]
fatigue: { after: 3, within: 2d, factor: 0 }
pins: [{ item: tent, position: 1, when: { from: 2026-12-01, until: 2026-12-24 } }]
placements: { cart: { exploration: 0.2 }, email: { objective: { revenue: 1, revenueAttribute: margin } } }
experiments: [{ name: e, placement: home, from: 2026-12-01, variants: [{ name: x, share: 1 }] }]`)
  expect(always.map(({ text }) => text)).toEqual([
    'only items not of categories Old or Odd, that cost at least 5, with attribute brand Acme, on placement email',
    'what counts as seen and is left out: PURCHASE, VIEW for 30d, CONSUME from 60 % on',
    'items are weighted by the event they follow from: PURCHASE 5, VIEW 1',
    'prices count with a strength of 30 %',
    'each item with attribute size at least 2 and at most 4 has its score multiplied by 2, in lists about category Shoes in lists about items with attribute organic yes',
    'each item shown 3 times within 2d without an interaction is left out',
    'item tent is pinned to position 1, from 2026-12-01 until 2026-12-24',
  ])
  expect(placements).toMatchObject([
    { name: 'cart', sentences: [{ text: expect.stringContaining('20 %') }] },
    { name: 'email', sentences: [{ text: 'attribute margin counts with a strength of 100 %' }] },
  ])
  expect(experiments).toMatchObject([{ name: 'e', scope: 'on placement home from 2026-12-01' }])
})

test('an empty document has no rules', () => {
  expect(inWords('')).toEqual({ always: [], placements: [], experiments: [] })
})

test('a dated rule or experiment that has ended or is scheduled says so', () => {
  const { always, experiments } = inWords(`
boosts: [{ tag: sale, factor: 2, when: { from: 2026-12-05, until: 2026-12-07T12:00:00+01:00 } }, { tag: new, factor: 2 }]
filters: [{ minPrice: 5, when: { until: 2026-12-06 } }]
pins: [{ item: tent, position: 1, when: { from: 2026-12-07 } }]
experiments: [{ name: e, until: 2026-12-06, variants: [{ name: x, share: 1 }] }]`)
  const at = (time: string) => always.map(({ period }) => period && notInForce(period, Date.parse(time)))
  expect(at('2026-12-04T23:59:59Z')).toEqual([undefined, 'scheduled', undefined, 'scheduled'])
  expect(at('2026-12-06T00:00:00Z')).toEqual(['ended', undefined, undefined, 'scheduled'])
  expect(at('2026-12-07T11:00:00Z')).toEqual(['ended', 'ended', undefined, undefined])
  expect(notInForce(experiments[0]!.period, Date.parse('2026-12-06T00:00:00Z'))).toBe('ended')
})
