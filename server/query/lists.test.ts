import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { itemKey } from '../../engine/items/deltas.ts'
import { reduceRow } from '../../engine/items/row.ts'
import { encodeSideRow } from '../../schema/records/item-side.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import type { RankingService } from '../ranking/ranking-service.ts'

let harness: Harness
const calls: { method: string; requests: number }[] = []
beforeAll(async () => {
  harness = await startHarness({ wrapRanking: counting })
  await harness.putItems(
    { id: 'tent', categories: ['camp'] },
    { id: 'stove', categories: ['camp'], price: 20 },
    { id: 'lamp', categories: ['light'], price: 10 },
    { id: 'rope', categories: ['climb'] },
    { id: 'gone', categories: ['camp'], available: false },
  )
  const at = Date.parse('2026-05-01T12:00:00Z')
  await putRow('stove', at, 3, ['tent'])
  await putRow('gone', at, 9, ['tent'])
  await putRow('lamp', at, 5, ['rope'])
})
afterAll(() => harness.close())

function counting(ranking: RankingService): RankingService {
  return new Proxy(ranking, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        calls.push({ method: String(name), requests: Array.isArray(args[0]) ? args[0].length : 1 })
        return value.apply(target, args)
      }
    },
  })
}

/** As the learn stage writes it after so many events that followed one of the partners. */
async function putRow(itemId: string, timestamp: number, events: number, partners: string[]): Promise<void> {
  const delta = {
    key: itemKey(itemId),
    timestamp,
    weight: 1,
    newUser: 1 as const,
    partners,
    inSession: partners.length,
  }
  const row = reduceRow(
    undefined,
    Array.from({ length: events }, () => delta),
  )
  await harness.log.append(topics.sideRows, [{ key: row.key, value: encodeSideRow({ row, sources: {} }) }])
}

const picks = '{ rank item { id } reason { __typename ... on BecauseOfItem { item { id } } } }'
const idsOf = (list: { item: { id: string } }[]) => list.map(({ item }) => item.id)

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('lists ranked on request', () => {
  test('trending: the most wanted first, nothing that is not available', async () => {
    const read = async () => (await harness.ask(`{ trending(window: DAY) ${picks} }`)).data.trending
    const list = await until(read, (found) => found[0]?.item.id === 'lamp')
    expect(idsOf(list).slice(0, 2)).toEqual(['lamp', 'stove'])
    expect(list[0].reason.__typename).toBe('PopularNow')
    expect([...idsOf(list)].sort()).toEqual(['lamp', 'rope', 'stove', 'tent'])
  })

  test('similarItems: never the item itself, filters are exact, and the list is filled', async () => {
    const { data } = await harness.ask(`{
      all: similarItems(itemId: "tent") ${picks}
      camp: similarItems(itemId: "tent", filter: { categories: ["camp"] }) ${picks}
      rest: similarItems(itemId: "tent", exclude: ["stove"], first: 1) ${picks}
      unknown: similarItems(itemId: "nobody knows it") ${picks}
    }`)
    expect([...idsOf(data.all)].sort()).toEqual(['lamp', 'rope', 'stove'])
    expect(idsOf(data.camp)).toEqual(['stove'])
    expect(idsOf(data.rest)).toHaveLength(1)
    expect(idsOf(data.rest)).not.toContain('stove')
    expect(data.unknown).toHaveLength(4)
  })

  test('boughtTogether: none of the items asked about', async () => {
    const { data } = await harness.ask(`{ boughtTogether(itemIds: ["tent", "lamp"]) ${picks} }`)
    expect(idsOf(data.boughtTogether)[0]).toBe('stove')
    expect([...idsOf(data.boughtTogether)].sort()).toEqual(['rope', 'stove'])
  })

  test('sessionRecommendations: next items for a trail that nobody has stored', async () => {
    const { data } = await harness.ask(`{
      sessionRecommendations(events: [{ itemId: "rope" }, { itemId: "tent", type: CART }], exclude: ["lamp"]) {
        id userId revision personalized causedByEventId picks ${picks} } }`)
    const session = data.sessionRecommendations
    expect(session).toMatchObject({ userId: null, causedByEventId: null, personalized: true })
    expect(idsOf(session.picks)).toEqual(['stove'])
    expect(session.picks[0].reason).toEqual({ __typename: 'BecauseOfItem', item: { id: 'tent' } })
  })

  test.each([
    ['sessionRecommendations(events: []) { id }', 'events'],
    ['boughtTogether(itemIds: []) { rank }', 'itemIds'],
    ['similarItems(itemId: "", first: 5) { rank }', 'itemId'],
    ['trending(first: 1000) { rank }', 'first'],
  ])('refuses %s', async (field, path) => {
    const { errors } = await harness.ask(`{ ${field} }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })

  test('item.similar and item.boughtTogether of a whole list are one question each', async () => {
    calls.length = 0
    const { data, errors } = await harness.ask(
      '{ items(ids: ["tent", "stove", "lamp", "tent"]) { id similar(first: 2) { item { id } } boughtTogether(first: 1) { item { id } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data.items[0].similar).toHaveLength(2)
    expect(calls).toEqual([
      { method: 'similar', requests: 3 },
      { method: 'together', requests: 3 },
    ])
  })
})
