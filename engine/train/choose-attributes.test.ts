import { describe, expect, test } from 'vitest'
import { attributeNamesMax } from '../attributes.ts'
import { seededRandom } from '../math/random.ts'
import { Recommender } from '../recommender.ts'
import { anItem, minuteMs } from '../test-builders.ts'
import type { ItemAttribute, ItemMeta } from '../types.ts'
import { chooseAttributes } from './choose-attributes.ts'
import { decodeModel, encodeModel } from './codec.ts'
import { TrainingLogBuilder } from './log.ts'
import { trainModel } from './train-model.ts'

const brands = 12

/** Visitors who stay with a brand in four of five steps; other attributes say nothing of what comes next. */
function shopOfBrands({ users = 250, perUser = 8, extra = [] as readonly string[] } = {}) {
  const random = seededRandom(7)
  const below = (n: number) => Math.floor(random() * n)
  const catalog = Array.from({ length: 240 }, (_, k) =>
    anItem({
      id: `i${k}`,
      title: `Article ${k}`,
      attributes: [
        text('sku', `S-${k}`),
        text('shelf', `shelf-${below(12)}`),
        text('brand', `Brand-${k % brands}`),
        number('power', 1.4 + (k % brands) * 10),
        ...extra.map((name) => text(name, `${k % brands}`)),
      ],
    }),
  )
  const builder = new TrainingLogBuilder()
  const events: { user: number; at: number; item: number }[] = []
  for (let user = 0; user < users; user++) {
    let brand = below(brands)
    for (let k = 0; k < perUser; k++) {
      if (random() < 0.2) brand = below(brands)
      events.push({ user, at: user * 7 + k * 300, item: brand + brands * below(240 / brands) })
    }
  }
  for (const { user, at, item } of events.sort((a, b) => a.at - b.at))
    builder.add({
      userId: `u${user}`,
      itemId: `i${item}`,
      type: 'PURCHASE',
      value: null,
      quantity: 1,
      timestamp: at * minuteMs,
    })
  return builder.build(catalog)
}

const text = (name: string, value: string): ItemAttribute => ({ name, text: value, number: null, flag: null })
const number = (name: string, value: number): ItemAttribute => ({ name, text: null, number: value, flag: null })

function run<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

describe('attributes as content', () => {
  const log = shopOfBrands()
  const { model } = run(trainModel(log, { version: 1, trainedAt: 0, queriesMax: 400 }))

  test('names whose values users stay with are chosen, the same every time; others are not', () => {
    expect(run(chooseAttributes(log))).toEqual(['brand', 'power'])
    expect(run(chooseAttributes(log))).toEqual(run(chooseAttributes({ ...log, catalog: [...log.catalog].reverse() })))
  })

  test('no more than the strongest names are chosen', () => {
    const extra = Array.from({ length: 20 }, (_, k) => `copy-${k}`)
    expect(run(chooseAttributes(shopOfBrands({ extra })))).toHaveLength(attributeNamesMax)
  })

  test('nothing is chosen without a clear surplus over chance', () => {
    expect(run(chooseAttributes(shopOfBrands({ users: 3, perUser: 2 })))).toEqual([])
    expect(run(chooseAttributes({ ...log, catalog: [] }))).toEqual([])
  })

  test('a few users with very many events do not decide', () => {
    const builder = new TrainingLogBuilder()
    for (let k = 0; k < 20_000; k++)
      builder.add({
        userId: 'robot',
        itemId: `i${(k * brands) % 240}`,
        type: 'VIEW',
        value: null,
        quantity: 1,
        timestamp: k,
      })
    expect(run(chooseAttributes(builder.build(log.catalog)))).toEqual([])
  })

  test('a trained model lists a new item of the brand at once, and one without it not', () => {
    const served = decodeModel(encodeModel(model))
    expect(served.contentAttributes).toEqual(['brand', 'power'])
    const added: ItemMeta[] = [
      anItem({ id: 'same-brand', title: 'Novelty', attributes: [text('brand', 'BRAND-3')] }),
      anItem({ id: 'same-shelf', title: 'Curiosity', attributes: [text('shelf', 'shelf-3')] }),
      anItem({ id: 'no-attribute', title: 'Surprise' }),
    ]
    const similarTo = (catalog: readonly ItemMeta[], trained: boolean) => {
      const recommender = new Recommender()
      for (const item of catalog) recommender.putItem(item)
      recommender.setModel(trained ? served : null)
      return recommender
        .similar('i3', { limit: 30 })
        .filter(({ source }) => source === 'content')
        .map(({ itemId }) => itemId)
    }
    const trained = similarTo([...log.catalog, ...added], true)
    expect(trained).toContain('same-brand')
    expect(trained).not.toContain('same-shelf')
    expect(trained).not.toContain('no-attribute')
    expect(similarTo([...added, ...log.catalog], true)).toEqual(trained)
    expect(similarTo([...log.catalog, ...added], false)).not.toContain('same-brand')
  })

  test('of an item with more chosen values than are read, the first are', () => {
    const recommender = new Recommender()
    recommender.setModel(model)
    const values = Array.from({ length: 32 }, (_, k) => text('brand', `b${k}`))
    recommender.putItem(anItem({ id: 'many', title: 'Mm', attributes: values }))
    values.forEach((value, k) => {
      recommender.putItem(anItem({ id: `one-${k}`, title: `Oo${k}`, attributes: [value] }))
    })
    const byContent = recommender.similar('many', { limit: 40 }).filter(({ source }) => source === 'content')
    expect(byContent.map(({ itemId }) => itemId).sort()).toEqual(Array.from({ length: 8 }, (_, k) => `one-${k}`))
  })

  test('an attribute that is changed or gone counts no more', () => {
    const recommender = new Recommender()
    recommender.setModel(model)
    const brand = (name: string) => [text('brand', name)]
    recommender.putItem(anItem({ id: 'a', title: 'Aa', attributes: brand('x') }))
    recommender.putItem(anItem({ id: 'b', title: 'Bb', attributes: brand('x') }))
    for (let k = 0; k < 10; k++)
      recommender.putItem(anItem({ id: `c${k}`, title: `Cc${k}`, attributes: brand(`${k}`) }))
    const byContent = () => recommender.similar('a', { limit: 3 }).filter(({ source }) => source === 'content')
    expect(byContent().map(({ itemId }) => itemId)).toEqual(['b'])
    recommender.putItem(anItem({ id: 'b', title: 'Bb', attributes: brand('y') }))
    expect(byContent()).toEqual([])
    recommender.putItem(anItem({ id: 'b', title: 'Bb' }))
    expect(byContent()).toEqual([])
  })
})
