import { expect, test } from 'vitest'
import { inWords } from './in-words.ts'

test('every rule is said in the order in which it is applied', () => {
  const { always, variants } = inWords(
    'pins: [{ item: tent, position: 2 }]\nexploration: 0.1\nmaxCategoryShare: 0.5\nfreshnessHalfLifeDays: 7\n' +
      'boosts: [{ tag: sale, factor: 1.5 }, { category: Old, factor: 0 }]',
  )
  expect(always.map(({ text }) => text)).toEqual([
    'tag sale counts 1.5 times',
    'category Old goes last',
    'new items have a bonus that halves every 7 days',
    'no category takes more than 50 % of the first 20',
    '10 % of the order is left to chance, for untried items',
    'item tent stands at place 2',
  ])
  expect(always.map(({ about }) => about)).toEqual([
    { tag: 'sale' },
    { category: 'Old' },
    undefined,
    undefined,
    undefined,
    { item: 'tent' },
  ])
  expect(variants).toEqual([])
})

test('a variant says what it does otherwise', () => {
  const source =
    'experiment: { name: a, variants: [{ name: x, share: 0.4 }, { name: y, share: 0.6, rules: { exploration: 0.2 } }] }'
  expect(inWords(source).variants).toMatchObject([
    { name: 'x', share: 0.4, sentences: [] },
    { name: 'y', share: 0.6, sentences: [{ text: expect.stringContaining('20 %') }] },
  ])
})

test('an empty document has no rules', () => {
  expect(inWords('')).toEqual({ always: [], variants: [] })
})
