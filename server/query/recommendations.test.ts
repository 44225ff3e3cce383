import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyProfile } from '../../engine/user/profile.ts'
import { unlistedMax } from '../../schema/records/list.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { encodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision, revisionOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    ...['a', 'b', 'c', 'd'].map((id) => ({ id, categories: ['tents'], price: 10 })),
    ...['e', 'f'].map((id) => ({ id, categories: ['lamps'], tags: ['new'], price: 30 })),
    { id: 'gone', categories: ['tents'], available: false },
    { id: 'free', categories: ['gifts'] },
  )
  await harness.publishList(
    'ada',
    aList({ offset: 7, unseen: ranked('a', 'gone', 'b', 'c', 'e', 'd', 'f'), seen: ranked('free') }),
  )
})
afterAll(() => harness.close())

const list = (args: string) =>
  harness.ask(`{ recommendations(${args}) { id userId revision computedAt modelVersion causedByEventId personalized variant
    picks { rank score item { id title } reason { __typename } } } }`)
const ids = (answer: Answer): string[] => answer.data.recommendations.picks.map((pick: Pick) => pick.item.id)
type Pick = { item: { id: string }; rank: number; score: number }

describe('the stored list', () => {
  test('is served best first, with what makes it known', async () => {
    const { data } = await list('userId: "ada", first: 3')
    expect(data.recommendations).toMatchObject({
      userId: 'ada',
      revision: expect.stringMatching(new RegExp(`^${formatRevision(revisionOf(7))}`)),
      computedAt: '2023-11-14T22:13:20.000Z',
      modelVersion: 1,
      causedByEventId: 'event-7',
      personalized: true,
      variant: null,
    })
    expect(data.recommendations.picks.map((pick: Pick) => [pick.rank, pick.item.id])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
  })

  test('never shows an item that is not available', async () => {
    expect(ids(await list('userId: "ada", first: 100'))).not.toContain('gone')
  })

  test('leaves out what the request excludes', async () => {
    expect(ids(await list('userId: "ada", first: 3, exclude: ["a", "c"]'))).toEqual(['b', 'e', 'd'])
  })

  test.each([
    ['categories: any of', '{ categories: ["lamps", "gifts"] }', ['e', 'f']],
    ['tags: any of', '{ tags: ["new", "old"] }', ['e', 'f']],
    ['excludeCategories', '{ excludeCategories: ["tents"] }', ['e', 'f']],
    ['minPrice, and no price does not pass', '{ minPrice: 20 }', ['e', 'f']],
    ['maxPrice', '{ maxPrice: 20, categories: ["tents"] }', ['a', 'b', 'c', 'd']],
    ['all parts must hold', '{ categories: ["tents"], tags: ["new"] }', []],
    ['an empty list of categories passes nothing', '{ categories: [] }', []],
  ])('filter %s', async (_name, filter, expected) => {
    expect(ids(await list(`userId: "ada", filter: ${filter}`))).toEqual(expected)
  })

  test('shows what the user has only with includeSeen', async () => {
    const ranks = aList({ offset: 8, unseen: ranked('a', 'b'), seen: ranked('x', 'c').slice(1) })
    await harness.publishList('bob', ranks)
    expect(ids(await list('userId: "bob", first: 100'))).not.toContain('c')
    expect(ids(await list('userId: "bob", first: 3, includeSeen: true'))).toEqual(['a', 'b', 'c'])
  })

  test('with diversity 1 goes round the categories, with 0 goes by score', async () => {
    const categories = async (diversity: number) => {
      const { data } = await harness.ask(
        `{ recommendations(userId: "ada", first: 2, diversity: ${diversity}) { picks { item { categories } } } }`,
      )
      return data.recommendations.picks.map((pick: { item: { categories: string[] } }) => pick.item.categories[0])
    }
    expect(await categories(0)).toEqual(['tents', 'tents'])
    expect(await categories(1)).toEqual(['tents', 'lamps'])
  })
})

describe('a list is as long as it can be', () => {
  test('and filled with what the user has not seen, as the list itself says before the state is written', async () => {
    await harness.publishList('cyd', aList({ offset: 9, unseen: ranked('a'), unlisted: ['b', 'e'] }))
    const filled = ids(await list('userId: "cyd", first: 100'))
    expect(filled[0]).toBe('a')
    expect([...filled].sort()).toEqual(['a', 'c', 'd', 'f', 'free'])
  })

  test.each([
    ['of a release that did not say', 'dan', null],
    ['that does not say all', 'eve', ['b', ...Array.from({ length: unlistedMax - 1 }, (_, n) => `gone-${n}`)]],
  ])('and a list %s is completed by the whole state', async (_name, userId, unlisted) => {
    await harness.publishList(userId, aList({ offset: 10, unseen: ranked('a'), unlisted }))
    await harness.store.put(tables.userStates, [
      { partition: userId, value: encodeUserState(stateThatHasSeen('b', 'e')), writeTimestamp: 1n },
    ])
    const filled = ids(await list(`userId: "${userId}", first: 100`))
    expect([...filled].sort()).toEqual(['a', 'c', 'd', 'f', 'free'])
  })

  test('and never repeats an item', async () => {
    const all = ids(await list('userId: "ada", first: 100, includeSeen: true'))
    expect(new Set(all).size).toBe(all.length)
  })

  test('places that were filled score no higher than those that were ranked', async () => {
    const { data } = await list('userId: "ada", first: 100')
    const scores = data.recommendations.picks.map((pick: Pick) => pick.score)
    expect(scores).toEqual([...scores].sort((x: number, y: number) => y - x))
  })
})

describe('an unknown user', () => {
  test('gets a list that says it is not personal', async () => {
    const { data } = await list('userId: "nobody-knows", first: 3')
    expect(data.recommendations).toMatchObject({ personalized: false, causedByEventId: null })
    expect(data.recommendations.picks).toHaveLength(3)
  })

  test('gets none that is filtered out, and never an empty list while one passes', async () => {
    expect(ids(await list('userId: "nobody-knows", filter: { categories: ["gifts"] }'))).toEqual(['free'])
    expect(ids(await list('userId: "nobody-knows", filter: { categories: ["none"] }'))).toEqual([])
  })
})

describe('what is refused', () => {
  test.each([
    ['first: 0', 'first', '1..100'],
    ['first: 101', 'first', '1..100'],
    ['diversity: -0.1', 'diversity', '0..1'],
    ['diversity: 1.1', 'diversity', '0..1'],
    ['timeoutMs: -1', 'timeoutMs', '0..30000'],
    ['after: "no token"', 'after', 'token'],
    ['exclude: [""]', 'exclude[0]', '1..256 bytes'],
    [`exclude: ${JSON.stringify(Array.from({ length: 1001 }, (_, n) => `i${n}`))}`, 'exclude', '0..1000'],
    ['filter: { minPrice: 5, maxPrice: 1 }', 'filter.minPrice', 'at most maxPrice'],
  ])('%.40s: names path, rule and value', async (argument, path, rule) => {
    const { data, errors } = await list(`userId: "ada", ${argument}`)
    expect(data).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
    expect(errors?.[0]?.extensions.issues[0].path).toBe(path)
    expect(errors?.[0]?.extensions.issues[0].message).toContain(rule)
  })

  test('a user id over 256 bytes; a null for an optional argument is the default', async () => {
    const long = await list(`userId: "${'ü'.repeat(129)}"`)
    expect(long.errors?.[0]?.extensions.issues[0].path).toBe('userId')
    expect(ids(await list('userId: "ada", first: null, exclude: null, diversity: null'))).toHaveLength(8 - 1 - 1)
  })
})

function stateThatHasSeen(...ids: string[]): UserState {
  const seen = { ids: ids.toSorted(), counts: ids.map(() => 1) }
  return {
    position: { partition: 0, offset: 9 },
    changed: 9,
    heldOutItem: null,
    causedByEventId: null,
    profile: { ...emptyProfile('u'), seen },
    recentIds: new Uint8Array(0),
    olderIds: [],
    adopted: [],
  }
}
