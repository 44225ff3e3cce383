import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topics } from '../schema/topics.ts'
import type { Harness } from '../test/support/server-harness.ts'
import { startWholeSystem } from '../test/support/whole-system.ts'

const day = 86_400_000
const fatigue = 'fatigue: { after: 3, within: 2d, factor: 0 }'
const items = ['tent', 'rope', 'mat', 'pot', 'map', 'cup'].map((id, n) => ({
  id,
  categories: ['Camping'],
  publishedAt: new Date(Date.UTC(2026, 0, 10 - n)).toISOString(),
}))

async function aShop(): Promise<Harness> {
  const shop = await startWholeSystem()
  await shop.putItems(...items)
  await shop.putRules(fatigue)
  return shop
}

let shop: Harness
beforeAll(async () => {
  shop = await aShop()
})
afterAll(() => shop.close())

async function ask(query: string, variables: Record<string, unknown> = {}, of = shop) {
  const { data, errors } = await of.ask(query, variables)
  expect(errors).toBeUndefined()
  return data
}

interface List {
  readonly id: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

async function listOf(userId: string, after?: string, of = shop): Promise<List> {
  const query = `query ($userId: ID!, $after: String) {
    recommendations(userId: $userId, after: $after, timeoutMs: 10000) { id picks { item { id } } } }`
  return (await ask(query, { userId, after }, of)).recommendations
}
const idsOf = ({ picks }: List) => picks.map(({ item }) => item.id)

async function record(...events: object[]): Promise<string> {
  const query = 'mutation ($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
  return (await ask(query, { events })).recordEvents.token
}

/** The item comes into view in the list as it stands. @returns the list that has seen it */
async function show(userId: string, itemId: string): Promise<List> {
  const { id } = await listOf(userId)
  const query = `mutation ($userId: ID!, $id: ID!, $itemId: ID!) {
    recordImpressions(userId: $userId, recommendationId: $id, itemIds: [$itemId]) { token } }`
  return listOf(userId, (await ask(query, { userId, id, itemId })).recordImpressions.token)
}

describe('an item that is ignored', () => {
  test('three times leaves the list of that user and of nobody else; a reaction brings it back', async () => {
    for (const userId of ['ann', 'bob']) await listOf(userId, await record({ userId, itemId: 'cup', type: 'VIEW' }))
    const first = idsOf(await listOf('ann'))[0]!
    for (const times of [1, 2])
      expect([times, idsOf(await show('ann', first))]).toEqual([times, expect.arrayContaining([first])])
    expect(idsOf(await show('ann', first))).not.toContain(first)
    expect(idsOf(await listOf('bob'))).toContain(first)
    const token = await record({ userId: 'ann', itemId: first, type: 'CLICK' })
    expect(idsOf(await listOf('ann', token))).toContain(first)
  })

  test('counts once per list, however often it is reported', async () => {
    const { id } = await listOf('cleo', await record({ userId: 'cleo', itemId: 'cup', type: 'VIEW' }))
    const again = { userId: 'cleo', itemId: 'tent', type: 'IMPRESSION', recommendationId: id }
    expect(idsOf(await listOf('cleo', await record(again, again, again, again)))).toContain('tent')
  })

  test('comes back after the interval', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * day).toISOString()
    const shown = (days: number) => ({ userId: 'dan', itemId: 'tent', type: 'IMPRESSION', timestamp: daysAgo(days) })
    expect(idsOf(await listOf('dan', await record(shown(3), shown(1), shown(0.5))))).toContain('tent')
    expect(idsOf(await listOf('dan', await record(shown(0.1))))).not.toContain('tent')
    await shop.putRules('fatigue: { after: 3, within: 12h, factor: 0 }')
    expect(idsOf(await listOf('dan'))).toContain('tent')
    await shop.putRules(fatigue)
  })

  test('sinks on the page that is open', async () => {
    await listOf('eve', await record({ userId: 'eve', itemId: 'cup', type: 'VIEW' }))
    const watcher = shop.watch('subscription { recommendationsUpdated(userId: "eve") { picks { item { id } } } }')
    const pushed = async (n: number): Promise<List> => (await watcher.message(n)).data.recommendationsUpdated
    const first = idsOf(await pushed(0))[0]!
    for (let n = 0; n < 3; n++) await show('eve', first)
    let n = 1
    while (idsOf(await pushed(n)).includes(first)) n++
    watcher.stop()
  })
})

test('a log that is replayed gives the same lists', async () => {
  const users = ['ann', 'bob', 'cleo', 'dan', 'eve']
  const lists = (of: Harness) => Promise.all(users.map(async (user) => idsOf(await listOf(user, undefined, of))))
  const expected = JSON.stringify(await lists(shop))
  const other = await aShop()
  try {
    const [end] = await shop.log.endOffsets(topics.interactions)
    const records = await shop.log.read(topics.interactions, 0, 0, end!)
    await other.log.append(
      topics.interactions,
      records.map(({ key, value, headers }) => ({ key, value, headers })),
    )
    while (JSON.stringify(await lists(other)) !== expected) await new Promise((resolve) => setTimeout(resolve, 20))
  } finally {
    await other.close()
  }
})
