import { describe, expect, test } from 'vitest'
import type { ItemMeta } from '../../engine/types.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { parseRules } from '../../schema/rules.ts'
import { applyRules, type RuleContext } from './apply-rules.ts'

const dayMs = 86_400_000

const anItem = (id: string, more: Partial<ItemMeta> = {}): ItemMeta => ({
  id,
  title: id,
  description: null,
  categories: ['Books'],
  tags: [],
  price: null,
  available: true,
  publishedAt: null,
  ...more,
})

const aList = (...ids: string[]): RankedItem[] =>
  ids.map((itemId, n) => ({ itemId, score: 1 - n * 0.1, reason: { kind: 'popular', window: 'DAY' } }))

const among = (items: ItemMeta[], mayShow: (id: string) => boolean = () => true): RuleContext => {
  const known = new Map(items.map((item) => [item.id, item]))
  return { item: (id) => known.get(id), mayShow, now: 100 * dayMs }
}

const order = (list: readonly RankedItem[]) => list.map(({ itemId }) => itemId).join('')

describe('rules on a list', () => {
  const items = [anItem('a'), anItem('b', { tags: ['sale'] }), anItem('c', { publishedAt: 100 * dayMs })]

  test('no rules leave the list as it is', () => {
    expect(applyRules(aList('a', 'b', 'c'), parseRules(''), among(items))).toEqual(aList('a', 'b', 'c'))
  })

  test('a boost lifts what carries the tag, and a factor of 0 puts an item last', () => {
    expect(
      order(applyRules(aList('a', 'b', 'c'), parseRules('boosts: [{ tag: sale, factor: 3 }]'), among(items))),
    ).toBe('bac')
    expect(order(applyRules(aList('a', 'b', 'c'), parseRules('boosts: [{ item: a, factor: 0 }]'), among(items)))).toBe(
      'bca',
    )
  })

  test('a new arrival gets a bonus that fades', () => {
    const rules = parseRules('freshnessHalfLifeDays: 10')
    const scoreOfC = (publishedAt: number) =>
      applyRules(aList('c', 'a'), rules, among([anItem('a'), anItem('c', { publishedAt })])).find(
        (e) => e.itemId === 'c',
      )!.score
    expect(scoreOfC(100 * dayMs) / scoreOfC(90 * dayMs)).toBeCloseTo(2 / 1.5, 5)
  })

  test('no category takes more than its share of what is shown, and nothing is lost', () => {
    const many = Array.from({ length: 40 }, (_, n) => anItem(`i${n}`, { categories: [n < 30 ? 'Books' : 'Toys'] }))
    const list = applyRules(aList(...many.map(({ id }) => id)), parseRules('maxCategoryShare: 0.5'), among(many))
    expect(list).toHaveLength(40)
    const books = list.slice(0, 20).filter(({ itemId }) => Number(itemId.slice(1)) < 30)
    expect(books).toHaveLength(10)
  })

  test('a pinned item stands at its place with its reason, but not for a visitor who has turned it down', () => {
    const rules = parseRules('pins: [{ item: z, position: 2 }]')
    const shown = applyRules(aList('a', 'b'), rules, among([...items, anItem('z')]))
    expect(order(shown)).toBe('azb')
    expect(shown[1]!.reason).toEqual({ kind: 'pinned' })
    expect(
      order(
        applyRules(
          aList('a', 'b'),
          rules,
          among(items, (id) => id !== 'z'),
        ),
      ),
    ).toBe('ab')
  })
})
