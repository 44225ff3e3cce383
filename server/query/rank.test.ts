import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Harness } from '../../test/support/server-harness.ts'
import { startWholeSystem } from '../../test/support/whole-system.ts'

const ids = Array.from({ length: 1_000 }, (_, n) => `item-${n}`)

let harness: Harness
beforeAll(async () => {
  harness = await startWholeSystem()
  await harness.putItems(
    ...ids.map((id, n) => ({ id, categories: [`c${n % 10}`] })),
    { id: 'gone', available: false },
    ...['red', 'blue'].map((id) => ({ id, groupId: 'shirt' })),
    ...['2026-01-01', '2026-02-01'].map((day) => ({ id: `of ${day}`, publishedAt: `${day}T00:00:00.000Z` })),
  )
  // Those who looked at item-1 looked at item-500 next.
  for (const userId of ['bob', 'cid', 'dan']) await record(userId, ['item-1', 'VIEW'], ['item-500', 'VIEW'])
  await record('ann', ['item-700', 'PURCHASE'], ['item-900', 'DISMISS'], ['item-1', 'VIEW'])
})
afterAll(() => harness.close())

async function record(userId: string, ...events: [itemId: string, type: string][]): Promise<void> {
  const { data } = await harness.ask('mutation ($e: [EventInput!]!) { recordEvents(events: $e) { token } }', {
    e: events.map(([itemId, type]) => ({ userId, itemId, type })),
  })
  const { errors } = await harness.ask(
    'query ($u: ID!, $t: String) { recommendations(userId: $u, after: $t, timeoutMs: 20000) { id } }',
    { u: userId, t: data.recordEvents.token },
  )
  expect(errors).toBeUndefined()
}

const operation = `query ($u: ID!, $ids: [ID!]!, $placement: String) {
  rank(userId: $u, itemIds: $ids, placement: $placement) { rank score item { id } reason { __typename ... on BecauseOfItem { item { id } } ... on NewArrival { publishedAt } } } }`
interface Pick {
  readonly rank: number
  readonly score: number
  readonly item: { readonly id: string }
  readonly reason: unknown
}
async function rank(u: string, itemIds: readonly string[]): Promise<Pick[]> {
  const { data, errors } = await harness.ask(operation, { u, ids: itemIds })
  expect(errors).toBeUndefined()
  return data.rank
}
const idsOf = (picks: readonly Pick[]) => picks.map(({ item }) => item.id)
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('rank', () => {
  test('puts first what the user would want next, and says why', async () => {
    const first = async () => (await rank('ann', ['item-3', 'item-500', 'item-2']))[0]!
    await eventually(async () => (await first()).item.id === 'item-500')
    expect(await first()).toMatchObject({ rank: 1, reason: { __typename: 'BecauseOfItem', item: { id: 'item-1' } } })
  })

  test('leaves out unknown and unavailable ids, counts a repeated one once, and puts rejected items last', async () => {
    const given = ['item-900', 'gone', 'item-700', 'item-5', 'never heard of', 'item-5', 'item-4']
    const picks = await rank('ann', given)
    expect(idsOf(picks).sort()).toEqual(['item-4', 'item-5', 'item-700', 'item-900'])
    expect(idsOf(picks).at(-1)).toBe('item-900')
    expect(await rank('ann', ['gone', 'never heard of'])).toEqual([])
  })

  test('keeps all items of a group that were given', async () => {
    expect(idsOf(await rank('ann', ['red', 'item-6', 'blue'])).sort()).toEqual(['blue', 'item-6', 'red'])
  })

  test('takes 1,000 ids, and orders them for a stranger too', async () => {
    for (const user of ['ann', 'somebody new']) {
      const picks = await rank(user, ids)
      expect(new Set(idsOf(picks))).toEqual(new Set(ids))
      expect(picks.map((pick) => pick.rank)).toEqual(picks.map((_, n) => n + 1))
      const scores = picks.map(({ score }) => score)
      expect(scores).toEqual([...scores].sort((a, b) => b - a))
    }
    expect((await rank('somebody new', ['item-2', 'item-500']))[0]).toMatchObject({
      item: { id: 'item-500' },
      reason: { __typename: 'PopularNow' },
    })
  })

  test('gives items without events the reason NewArrival, each with its own date', async () => {
    const picks = await rank('somebody new', ['of 2026-01-01', 'red', 'of 2026-02-01'])
    expect(Object.fromEntries(picks.map(({ item, reason }) => [item.id, reason]))).toEqual({
      'of 2026-01-01': { __typename: 'NewArrival', publishedAt: '2026-01-01T00:00:00.000Z' },
      'of 2026-02-01': { __typename: 'NewArrival', publishedAt: '2026-02-01T00:00:00.000Z' },
      red: { __typename: 'NewArrival', publishedAt: null },
    })
  })

  test('follows the rules of its placement, which bring in nothing that was not given', async () => {
    const rules =
      'placements: { search: { boosts: [{ item: item-8, factor: 100 }], pins: [{ item: item-9, position: 1 }] } }'
    await harness.ask('mutation ($s: String!) { putRules(source: $s) { version } }', { s: rules })
    const given = ['item-500', 'item-7', 'item-8']
    const ranked = async (placement: string) => {
      const { data, errors } = await harness.ask(operation, { u: 'ann', ids: given, placement })
      expect(errors).toBeUndefined()
      return idsOf(data.rank)
    }
    await eventually(async () => (await ranked('search'))[0] === 'item-8')
    expect((await ranked('search')).sort()).toEqual([...given].sort())
    expect((await ranked('category-page'))[0]).toBe('item-500')
  })

  test('lowers or leaves out what the user was shown and ignored, and pins nothing that the user rejected', async () => {
    await record('eve', ['item-1', 'VIEW'], ...Array(3).fill(['item-500', 'IMPRESSION']))
    const fatigue = (factor: number) => `fatigue: { after: 3, within: 2d, factor: ${factor} }`
    const rules = `placements: { low: { ${fatigue(0.05)} }, out: { ${fatigue(0)} }, top: { pins: [{ item: item-900, position: 1 }] } }`
    await harness.ask('mutation ($s: String!) { putRules(source: $s) { version } }', { s: rules })
    const ranked = async (placement: string, u = 'eve', given = ['item-3', 'item-500', 'item-900']) =>
      idsOf((await harness.ask(operation, { u, ids: given, placement })).data.rank)
    await eventually(async () => (await ranked('top'))[0] === 'item-900')
    expect((await ranked('elsewhere'))[0]).toBe('item-500')
    expect((await ranked('low')).at(-1)).toBe('item-500')
    expect((await ranked('out')).sort()).toEqual(['item-3', 'item-900'])
    expect((await ranked('out', 'ann')).sort()).toEqual(['item-3', 'item-500', 'item-900'])
    expect((await ranked('top', 'ann')).at(-1)).toBe('item-900')
  })

  test('holds the items that fulfill all conditions of a filter of the rules', async () => {
    const large = '{ name: size, in: [L] }'
    const filter = (...conditions: string[]) => `filters: [{ attributes: [${conditions.join()}] }]`
    const rules = `placements: { email: { ${filter(large, '{ name: size, gte: 43 }')} }, app: { ${filter(large, '{ name: size, gte: 42 }')} } }`
    const put = await harness.ask('mutation ($s: String!) { putRules(source: $s) { version } }', { s: rules })
    expect(put.errors).toBeUndefined()
    await harness.putItems({
      id: 'coat',
      attributes: [
        { name: 'size', text: 'L' },
        { name: 'size', number: 42 },
      ],
    })
    const ranked = async (placement: string) =>
      idsOf((await harness.ask(operation, { u: 'ann', ids: ['coat', 'item-1'], placement })).data.rank)
    await eventually(async () => (await ranked('app')).length === 1)
    expect(await ranked('app')).toEqual(['coat'])
    expect(await ranked('email')).toEqual([])
  })

  test.each([
    [{ u: '' }, 'userId'],
    [{ ids: [] }, 'itemIds'],
    [{ ids: [...ids, 'one more'] }, 'itemIds'],
    [{ ids: ['tent', ''] }, 'itemIds[1]'],
    [{ placement: 'Search results' }, 'placement'],
    [{ placement: 'a'.repeat(65) }, 'placement'],
  ])('refuses %o and names path, rule and value', async (variables, path) => {
    const { errors } = await harness.ask(operation, { u: 'ann', ids: ['tent'], ...variables })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    expect(errors?.[0]?.extensions.issues[0].message).toMatch(/^expected .+, got /)
  })
})
