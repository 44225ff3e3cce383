import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { emptyProfile } from '../../engine/user/profile.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { packTouched } from '../../schema/records/touched.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    { id: 'a', categories: ['Books'], publishedAt: '2026-01-04T00:00:00Z' },
    { id: 'b', categories: ['Books'], publishedAt: '2026-01-03T00:00:00Z' },
    { id: 'c', categories: ['Books'], tags: ['sale'], publishedAt: '2026-01-02T00:00:00Z' },
    { id: 'z', categories: ['Toys'], publishedAt: '2026-01-01T00:00:00Z' },
    { id: 'about', categories: ['Books'], publishedAt: '2025-01-01T00:00:00Z' },
  )
  await harness.publishList('ann', aList({ offset: 3, unseen: ranked('a', 'b', 'c'), seen: ranked('z') }))
})
afterAll(() => harness.close())
afterEach(() => harness.putRules(''))

interface Shown {
  readonly item: { readonly id: string }
  readonly reason: { readonly __typename: string }
}

const picks = 'picks { item { id } reason { __typename } }'
const lists = {
  recommendations: `recommendations(userId: "bob" ARGS) { ${picks} }`,
  stranger: `recommendations(userId: "somebody new" ARGS) { ${picks} }`,
  sessionRecommendations: `sessionRecommendations(events: [{ itemId: "about" }] ARGS) { ${picks} }`,
  similarItems: 'similarItems(itemId: "about" ARGS) { item { id } reason { __typename } }',
  boughtTogether: 'boughtTogether(itemIds: ["about"] ARGS) { item { id } reason { __typename } }',
  trending: 'trending(window: DAY ARGS) { item { id } reason { __typename } }',
} as const
const kinds = Object.keys(lists) as (keyof typeof lists)[]

async function shown(kind: keyof typeof lists, args = ''): Promise<readonly Shown[]> {
  const { data, errors } = await harness.ask(`{ list: ${lists[kind].replace('ARGS', args && `, ${args}`)} }`)
  expect(errors).toBeUndefined()
  return data.list.picks ?? data.list
}
const idsOf = (list: readonly Shown[]) => list.map(({ item }) => item.id).join()
const order = async (...args: Parameters<typeof shown>) => idsOf(await shown(...args))

describe('rules apply to the very next read of every kind of list', () => {
  beforeAll(() => harness.publishList('bob', aList({ offset: 4, unseen: ranked('a', 'b', 'c') })))

  test.each(kinds)('%s', async (kind) => {
    expect((await shown(kind, 'first: 3')).length).toBe(3)
    await harness.putRules('pins: [{ item: z, position: 2 }]')
    const pinned = (await shown(kind, 'first: 3'))[1]!
    expect(pinned).toEqual({ item: { id: 'z' }, reason: { __typename: 'ChosenByShop' } })
    await harness.putRules('filters: [{ excludeCategories: [Books] }]')
    expect(await order(kind)).toBe('z')
    await harness.putRules('placements: { cart: { pins: [{ item: z, position: 1 }] } }')
    expect(await order(kind, 'placement: "cart", first: 1')).toBe('z')
    expect(await order(kind, 'placement: "home", first: 1')).not.toBe('z')
    await harness.putRules('boosts: [{ tag: sale, factor: 100 }]\nfilters: [{ excludeCategories: [Toys] }]')
    expect(await order(kind, 'first: 1')).toBe('c')
    await harness.putRules('')
    expect(await order(kind, 'first: 1')).not.toBe('z')
  })

  test.each(kinds)('%s: a placement that is none is refused with path, rule and value', async (kind) => {
    for (const placement of ['Home', '', 'a b', 'x'.repeat(65)]) {
      const { errors } = await harness.ask(`{ list: ${lists[kind].replace('ARGS', `, placement: "${placement}"`)} }`)
      const [issue] = errors![0]!.extensions.issues
      expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT')
      expect(issue).toMatchObject({ path: 'placement', message: expect.stringContaining('1..64 of a-z 0-9 -, got') })
    }
    expect((await shown(kind, `placement: "${'x'.repeat(64)}"`)).length).toBeGreaterThan(0)
  })
})

test('a condition on a category applies to lists about it', async () => {
  await harness.putRules('pins: [{ item: z, position: 1, when: { category: Books } }]')
  expect(await order('similarItems', 'first: 1')).toBe('z')
  expect(await order('sessionRecommendations', 'first: 1')).toBe('z')
  expect(await order('trending', 'first: 1')).not.toBe('z')
  expect(await order('trending', 'first: 1, filter: { categories: ["Books", "Toys"] }')).toBe('z')
})

test('a condition on an attribute applies to lists about it: whose filter or item has such an attribute', async () => {
  const pages = (number: number) => ({ attributes: [{ name: 'pages', number }] })
  await harness.putItems(
    { id: 'about', categories: ['Books'], publishedAt: '2025-01-01T00:00:00Z', ...pages(300) },
    { id: 'z', categories: ['Toys'], publishedAt: '2026-01-01T00:00:00Z', ...pages(300) },
  )
  const pinnedWhen = async (condition: string, attributes: string) => {
    await harness.putRules(`pins: [{ item: z, position: 1, when: { attribute: { name: pages${condition} } } }]`)
    return (await shown('trending', `filter: { attributes: [{ name: "pages"${attributes} }] }`))
      .filter(({ reason }) => reason.__typename === 'ChosenByShop')
      .map(({ item }) => item.id)
  }
  expect(await pinnedWhen('', '')).toEqual(['z'])
  expect(await pinnedWhen('', ', gte: 100')).toEqual(['z'])
  expect(await pinnedWhen(', gte: 200', ', lte: 500')).toEqual(['z'])
  expect(await pinnedWhen(', gte: 501', ', lte: 500')).toEqual([])
  expect(await pinnedWhen(', gte: 200', '')).toEqual([])
  expect(await order('similarItems', 'first: 1')).toBe('z')
  expect(await order('trending', 'first: 1')).not.toBe('z')
})

test('a pinned item is shown to those who may see it only', async () => {
  await harness.putRules('pins: [{ item: z, position: 1 }]')
  const first = async (args: string) =>
    (await harness.ask(`{ recommendations(userId: "ann", first: 1, ${args}) { ${picks} } }`)).data.recommendations
      .picks[0].item.id
  expect(await first('')).toBe('a') // ann has seen z
  expect(await first('includeSeen: true')).toBe('z')
  expect(await order('stranger', 'first: 1, exclude: ["z"]')).not.toBe('z')
  await harness.putItems({ id: 'z', categories: ['Toys'], available: false })
  expect(await order('stranger', 'first: 1')).not.toBe('z')
  await harness.putItems({ id: 'z', categories: ['Toys'] })
  expect(await order('stranger', 'first: 1')).toBe('z')
})

test('the rule of what is seen replaces the default, for the very next read', async () => {
  const dayMs = 86_400_000
  const event = (type: 'VIEW' | 'PURCHASE', itemId: string, daysAgo: number) => {
    const timestamp = Date.now() - daysAgo * dayMs
    return { seq: 0, eventId: itemId, itemId, type, value: null, quantity: 1, timestamp }
  }
  const history = [event('PURCHASE', 'z', 60), event('VIEW', 'b', 40), event('VIEW', 'a', 1)]
  const touched = packTouched(toSnapshot({ ...emptyProfile('eli'), history }))!
  await harness.publishList('eli', aList({ offset: 3, unseen: ranked('a', 'b', 'c'), seen: ranked('z'), touched }))
  const ofEli = async (args = '') =>
    idsOf(
      (await harness.ask(`{ recommendations(userId: "eli", first: 3 ${args}) { ${picks} } }`)).data.recommendations
        .picks,
    )
  expect(await ofEli()).toBe('a,b,c')
  await harness.putRules('seen: { PURCHASE: forever, VIEW: 30d }')
  expect((await ofEli()).split(',')).toEqual(['b', 'c', expect.not.stringMatching(/^[az]$/)])
  await harness.putRules('seen: { PURCHASE: 30d, VIEW: 7d }')
  expect((await ofEli()).split(',').sort()).toEqual(['b', 'c', 'z'])
  await harness.putRules('seen: { PURCHASE: 90d }\npins: [{ item: z, position: 1 }]')
  expect(await ofEli()).toBe('a,b,c')
  expect(await ofEli(', includeSeen: true')).toMatch(/^z/)
})

describe('open pages', () => {
  const watch = (placement: string) =>
    harness.watch(
      `subscription ($p: String) { recommendationsUpdated(userId: "cyd", first: 2, placement: $p) { id revision placement ${picks} } }`,
      { p: placement },
    )
  const listOf = ({ data, errors }: Answer) => {
    expect(errors).toBeUndefined()
    return data.recommendationsUpdated as { id: string; revision: string; placement: string; picks: Shown[] }
  }

  test('get the list anew when rules change: the same revision, another id; others get nothing', async () => {
    await harness.publishList('cyd', aList({ offset: 5, unseen: ranked('a', 'b', 'c') }))
    const home = watch('home')
    const email = watch('email')
    const before = listOf(await home.message(0))
    expect([idsOf(before.picks), before.placement]).toEqual(['a,b', 'home'])
    await email.message(0)
    await harness.putRules('placements: { home: { pins: [{ item: z, position: 1 }] } }')
    const after = listOf(await home.message(1))
    expect([idsOf(after.picks), after.revision]).toEqual(['z,a', before.revision])
    expect(after.id).not.toBe(before.id)
    // A query has the same list under the same id.
    const asked = await harness.ask(
      `{ recommendations(userId: "cyd", first: 2, placement: "home") { id revision placement ${picks} } }`,
    )
    expect(asked.data.recommendations).toEqual(after)
    await harness.putRules('')
    expect(listOf(await home.message(2))).toEqual(before)
    await harness.publishList('cyd', aList({ offset: 6, unseen: ranked('c', 'a') }))
    expect(idsOf(listOf(await home.message(3)).picks)).toBe('c,a')
    expect(idsOf(listOf(await email.message(1)).picks)).toBe('c,a')
    expect(email.received).toHaveLength(2)
  })

  test('a client that names the revision it has gets the list that other rules make of it', async () => {
    await harness.publishList('cyd', aList({ offset: 7, unseen: ranked('a', 'b', 'c') }))
    const first = watch('home')
    const { revision } = listOf(await first.message(0))
    const subscribers = async () => (await harness.ask('{ pipeline { subscribers } }')).data.pipeline.subscribers
    const before = await subscribers()
    const since = harness.watch(
      `subscription { recommendationsUpdated(userId: "cyd", first: 2, sinceRevision: "${revision}") { ${picks} } }`,
    )
    while ((await subscribers()) === before) await new Promise((resolve) => setTimeout(resolve, 2))
    await harness.putRules('pins: [{ item: z, position: 1 }]')
    const again = await since.message(0)
    expect(idsOf(again.data.recommendationsUpdated.picks)).toBe('z,a')
  })

  test('a stranger and a trend are pushed anew, too', async () => {
    const stranger = harness.watch(`subscription { recommendationsUpdated(userId: "new one", first: 1) { ${picks} } }`)
    const trend = harness.watch('subscription { trendingUpdated(first: 1, placement: "home") { item { id } } }')
    await stranger.message(0)
    await trend.message(0)
    await harness.putRules('pins: [{ item: z, position: 1 }]')
    expect(idsOf((await stranger.message(1)).data.recommendationsUpdated.picks)).toBe('z')
    expect((await trend.message(1)).data.trendingUpdated).toEqual([{ item: { id: 'z' } }])
  })

  test('a pinned item that becomes available appears', async () => {
    await harness.putRules('pins: [{ item: later, position: 1 }]')
    await harness.publishList('cyd', aList({ offset: 8, unseen: ranked('a', 'b', 'c') }))
    const home = watch('home')
    expect(idsOf(listOf(await home.message(0)).picks)).toBe('a,b')
    await harness.putItems({ id: 'later' })
    expect(idsOf(listOf(await home.message(1)).picks)).toBe('later,a')
  })
})

test('two placements run different experiments, and one variant is kept in a list that others are not in', async () => {
  const variant = (name: string, position: number) =>
    `{ name: ${name}, share: 0.5, rules: { pins: [{ item: z, position: ${position} }] } }`
  const experiment = (name: string, placement: string, positions: readonly [number, number]) =>
    `{ name: ${name}, placement: ${placement}, variants: [${variant('x', positions[0])}, ${variant('y', positions[1])}] }`
  await harness.putRules(`experiments: [${experiment('top', 'home', [1, 2])}, ${experiment('low', 'email', [3, 4])}]`)
  const ask = async (userId: string, placement: string) => {
    const list = `recommendations(userId: "${userId}", first: 4, placement: "${placement}") { variant ${picks} }`
    const { variant: name, picks: shownPicks } = (await harness.ask(`{ ${list} }`)).data.recommendations
    return `${name} ${idsOf(shownPicks).replaceAll(',', '').indexOf('z') + 1}`
  }
  const seen = new Set<string>()
  for (let n = 0; n < 12; n++) {
    for (const placement of ['home', 'email', 'cart']) {
      const answer = await ask(`visitor ${n}`, placement)
      // Without a pin, item z stands where trends have it, which may be read only now.
      if (placement === 'cart') expect(answer).toMatch(/^null /)
      else {
        expect(await ask(`visitor ${n}`, placement)).toBe(answer)
        seen.add(`${placement}: ${answer}`)
      }
    }
  }
  const expected = ['home: top~x 1', 'home: top~y 2', 'email: low~x 3', 'email: low~y 4']
  expect([...seen].sort()).toEqual(expected.sort())
})

test('a dated pin appears on the open page and goes by itself', async () => {
  await harness.publishList('dan', aList({ offset: 9, unseen: ranked('a', 'b') }))
  const watcher = harness.watch(`subscription { recommendationsUpdated(userId: "dan", first: 2) { ${picks} } }`)
  const orderOf = async (n: number) => idsOf((await watcher.message(n)).data.recommendationsUpdated.picks)
  expect(await orderOf(0)).toBe('a,b')
  const start = Date.now() + 2_000
  const when = `from: ${new Date(start).toISOString()}, until: ${new Date(start + 3_000).toISOString()}`
  await harness.putRules(`pins: [{ item: z, position: 1, when: { ${when} } }]`)
  expect([await orderOf(1), await orderOf(2)]).toEqual(['z,a', 'a,b'])
})
