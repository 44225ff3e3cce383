import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { encodeList, listWrittenAt } from '../../schema/records/list.ts'
import { formatRevision, revisionOf, writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ wrap: ({ log, store }) => ({ log: withGaps(log), store: withFailures(store) }) })
  await harness.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd', categories: ['lamps'] })
})
afterAll(() => harness.close())

const gaps: (() => void)[] = []
const withGaps = (log: EventLog): EventLog =>
  new Proxy(log, {
    get(target, name) {
      if (name !== 'follow') return Reflect.get(target, name).bind(target)
      return (...args: Parameters<EventLog['follow']>) => {
        if (args[0].onGap) gaps.push(args[0].onGap)
        return target.follow(...args)
      }
    },
  })

let failing = false
let failures = 0
const withFailures = (store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      if (name !== 'get') return Reflect.get(target, name).bind(target)
      return (...args: Parameters<Store['get']>) => {
        if (!failing) return target.get(...args)
        failures++
        return Promise.reject(new Error('no host available'))
      }
    },
  })

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const operation = `subscription ($u: ID!, $first: Int = 2, $since: String, $filter: ItemFilter, $exclude: [ID!]) {
  recommendationsUpdated(userId: $u, first: $first, sinceRevision: $since, filter: $filter, exclude: $exclude) {
    revision causedByEventId personalized picks { rank item { id similar(first: 1) { item { id } } } reason { __typename } }
  }
}`
const watch = (variables: Record<string, unknown>) => harness.watch(operation, variables)
const listOf = ({ data, errors }: Answer) => {
  expect(errors).toBeUndefined()
  return data.recommendationsUpdated
}
const idsOf = (answer: Answer): string[] => listOf(answer).picks.map((pick: { item: { id: string } }) => pick.item.id)
/** How the revision of a list of this position begins. */
const revisionAt = (offset: number) => new RegExp(`^${formatRevision(revisionOf(offset))}`)

describe('recommendationsUpdated', () => {
  test('shows the picks as they stand, then every newer list', async () => {
    await harness.publishList('ada', aList({ offset: 1, unseen: ranked('a', 'b') }))
    const watcher = watch({ u: 'ada' })
    expect(idsOf(await watcher.message(0))).toEqual(['a', 'b'])
    await harness.publishList('ada', aList({ offset: 2, causedByEventId: 'e2', unseen: ranked('b', 'c') }))
    const second = await watcher.message(1)
    expect(idsOf(second)).toEqual(['b', 'c'])
    expect(listOf(second)).toMatchObject({ revision: expect.stringMatching(revisionAt(2)), causedByEventId: 'e2' })
  })

  test('never shows an older one', async () => {
    await harness.publishList('bob', aList({ offset: 5, unseen: ranked('a', 'b') }))
    const watcher = watch({ u: 'bob' })
    await watcher.message(0)
    await harness.publishList('bob', aList({ offset: 4, unseen: ranked('c', 'd') }))
    await harness.publishList('bob', aList({ offset: 9, unseen: ranked('b', 'a') }))
    expect(listOf(await watcher.message(1)).revision).toMatch(revisionAt(9))
  })

  test('a list that was ranked again for the same event is a newer one, with another id', async () => {
    const [first, second] = [
      await harness.publishList('ben', aList({ offset: 5, unseen: ranked('a', 'b') })),
      await harness.publishList('ben', aList({ offset: 5, unseen: ranked('b', 'a') })),
    ]
    expect(second > first).toBe(true)
    const watcher = watch({ u: 'ben', since: first })
    expect(listOf(await watcher.message(0))).toMatchObject({ revision: second, picks: [{ item: { id: 'b' } }, {}] })
    const third = await harness.publishList('ben', aList({ offset: 5, unseen: ranked('a', 'b') }))
    expect(listOf(await watcher.message(1))).toMatchObject({ revision: third, picks: [{ item: { id: 'a' } }, {}] })
    const { data } = await harness.ask('{ recommendations(userId: "ben") { revision } }')
    expect(data.recommendations.revision).toBe(third)
  })

  test.each(['yesterday', 'NaN', '-1', '', '9'.repeat(400)])(
    'a foreign header born: %j disturbs no push',
    async (born) => {
      const userId = `foreign-${born.slice(0, 9)}`
      const windows = [watch({ u: userId }), watch({ u: userId })]
      for (const window of windows) await window.message(0)
      for (const offset of [1, 2]) {
        await harness.publishList(userId, aList({ offset, unseen: ranked('a') }), { born, traceparent: born })
        for (const window of windows) expect(listOf(await window.message(offset)).revision).toMatch(revisionAt(offset))
      }
      const metrics = await (await fetch(new URL('/metrics', harness.url))).text()
      expect(metrics).not.toContain('NaN')
      expect(metrics).toMatch(/pickstream_pushes_total \d+/)
    },
  )

  test('a stranger watches what trends until the first list of their own', async () => {
    const watcher = watch({ u: 'cyd' })
    expect(listOf(await watcher.message(0)).personalized).toBe(false)
    await harness.publishList('cyd', aList({ offset: 3, unseen: ranked('c') }))
    expect(listOf(await watcher.message(1))).toMatchObject({
      personalized: true,
      revision: expect.stringMatching(revisionAt(3)),
    })
  })

  test('sinceRevision leaves out what the client has, and nothing newer', async () => {
    const before = await harness.publishList('dan', aList({ offset: 5, unseen: ranked('b') }))
    const newest = await harness.publishList('dan', aList({ offset: 6, unseen: ranked('a') }))
    const upToDate = watch({ u: 'dan', since: newest })
    const behind = watch({ u: 'dan', since: before })
    expect(listOf(await behind.message(0)).revision).toMatch(revisionAt(6))
    await harness.publishList('dan', aList({ offset: 7, unseen: ranked('b') }))
    expect(listOf(await upToDate.message(0)).revision).toMatch(revisionAt(7))
    expect(listOf(await behind.message(1)).revision).toMatch(revisionAt(7))
  })

  test('an item that is made unavailable, or removed, leaves the open list', async () => {
    await harness.putItems({ id: 'x' }, { id: 'y' })
    await harness.publishList('eve', aList({ offset: 2, unseen: ranked('x', 'y', 'a') }))
    const watcher = watch({ u: 'eve' })
    expect(idsOf(await watcher.message(0))).toEqual(['x', 'y'])
    await harness.putItems({ id: 'x', available: false })
    const without = await watcher.message(1)
    expect(idsOf(without)).toEqual(['y', 'a'])
    expect(listOf(without).revision).toMatch(revisionAt(2))
    await harness.log.append(topics.items, [{ key: 'y', value: null }])
    expect(idsOf(await watcher.message(2))).not.toContain('y')
  })

  test('a change of an item that is in no list, or that stays eligible, pushes nothing', async () => {
    await harness.putItems({ id: 'z' })
    await harness.publishList('fay', aList({ offset: 2, unseen: ranked('a', 'b') }))
    const watcher = watch({ u: 'fay' })
    await watcher.message(0)
    await harness.putItems({ id: 'z', available: false }, { id: 'a', title: 'Another title' })
    // What is pushed for a later change comes behind what the first one would push.
    await harness.publishList('fay', aList({ offset: 5, unseen: ranked('b', 'a') }))
    expect(listOf(await watcher.message(1)).revision).toMatch(revisionAt(5))
    expect(watcher.received).toHaveLength(2)
  })

  test('an item that no longer passes the filter of the subscription leaves it', async () => {
    await harness.putItems({ id: 'cheap', price: 5, categories: ['deals'] })
    const watcher = watch({ u: 'gus', filter: { categories: ['deals'], maxPrice: 10 } })
    expect(idsOf(await watcher.message(0))).toEqual(['cheap'])
    await harness.putItems({ id: 'cheap', price: 50, categories: ['deals'] })
    expect(idsOf(await watcher.message(1))).toEqual([])
  })

  test('a list that is shorter than it should be is filled when an item comes that may stand in it', async () => {
    const watcher = watch({ u: 'nia', filter: { categories: ['rare'] } })
    expect(idsOf(await watcher.message(0))).toEqual([])
    await harness.putItems({ id: 'rare', categories: ['rare'] })
    expect(idsOf(await watcher.message(1))).toEqual(['rare'])
  })

  test('filter and exclude hold for everything that is pushed', async () => {
    const watcher = watch({ u: 'hal', filter: { categories: ['lamps'] }, exclude: ['a'] })
    expect(idsOf(await watcher.message(0))).toEqual(['d'])
    await harness.publishList('hal', aList({ offset: 2, unseen: ranked('a', 'b', 'd') }))
    expect(idsOf(await watcher.message(1))).toEqual(['d'])
  })

  test('an erasure shows a stranger, with a greater revision', async () => {
    await harness.publishList('ida', aList({ offset: 10, unseen: ranked('a') }))
    const watcher = watch({ u: 'ida' })
    await watcher.message(0)
    await harness.store.erase(tables.listsByUser, 'ida', writeTimestampOf(11))
    await harness.log.append(topics.lists, [{ key: 'ida', value: null, headers: { offset: '11', epoch: '0' } }])
    expect(listOf(await watcher.message(1))).toMatchObject({
      personalized: false,
      revision: expect.stringMatching(revisionAt(11)),
    })
  })

  test('one user sees nothing of another, and everybody who watches the same gets the same', async () => {
    await harness.publishList('jon', aList({ offset: 1, unseen: ranked('a', 'b') }))
    await harness.publishList('kim', aList({ offset: 1, unseen: ranked('c', 'd') }))
    const [one, two, other] = [watch({ u: 'jon' }), watch({ u: 'jon' }), watch({ u: 'kim' })]
    await Promise.all([one.message(0), two.message(0), other.message(0)])
    await harness.publishList('jon', aList({ offset: 2, unseen: ranked('b', 'a') }))
    await harness.publishList('kim', aList({ offset: 3, unseen: ranked('d', 'c') }))
    expect(await one.message(1)).toEqual(await two.message(1))
    expect(idsOf(await one.message(1))).toEqual(['b', 'a'])
    expect(idsOf(await other.message(1))).toEqual(['d', 'c'])
    expect(other.received).toHaveLength(2)
  })

  test('somebody who joins later gets what the others see now', async () => {
    await harness.publishList('lea', aList({ offset: 1, unseen: ranked('a', 'b') }))
    const first = watch({ u: 'lea' })
    await first.message(0)
    const second = watch({ u: 'lea' })
    expect(await second.message(0)).toEqual(await first.message(0))
  })

  test('goes on for those who stay when one of them leaves', async () => {
    await harness.publishList('mia', aList({ offset: 1, unseen: ranked('a', 'b') }))
    const [leaves, stays] = [watch({ u: 'mia' }), watch({ u: 'mia' })]
    await Promise.all([leaves.message(0), stays.message(0)])
    leaves.stop()
    await leaves.ended
    await harness.publishList('mia', aList({ offset: 2, unseen: ranked('b', 'a') }))
    expect(idsOf(await stays.message(1))).toEqual(['b', 'a'])
    expect(leaves.received).toHaveLength(1)
  })

  test.each([
    [{ u: 'x', first: 0 }, 'first'],
    [{ u: '', first: 1 }, 'userId'],
    [{ u: 'x', since: 'yesterday' }, 'sinceRevision'],
    [{ u: 'x', first: 'many' }, 'first'],
  ])('refuses %j, naming %s', async (variables, path) => {
    const { errors } = await watch(variables).message(0)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false, issues: [{ path }] })
  })
})

test('what was missed in a gap of the topic is read from the store', async () => {
  await harness.publishList('oda', aList({ offset: 1, unseen: ranked('a', 'b') }))
  const watcher = watch({ u: 'oda' })
  await watcher.message(0)
  const missed = aList({ offset: 2, unseen: ranked('b', 'a') })
  await harness.store.put(tables.listsByUser, [
    { partition: 'oda', value: encodeList(missed), writeTimestamp: listWrittenAt(missed) },
  ])
  for (const gap of gaps) gap()
  expect(listOf(await watcher.message(1)).revision).toMatch(revisionAt(2))
})

test('a list that could not be filled because the store failed is shown when it answers again', async () => {
  await harness.publishList('pia', aList({ offset: 1, unseen: ranked('a') }))
  failing = true
  const watcher = watch({ u: 'pia' })
  await until(() => failures > 0)
  failing = false
  expect(idsOf(await watcher.message(0))).toHaveLength(2)
})

test('trendingUpdated shows what trends, and again when it changed', async () => {
  const watcher = harness.watch('subscription { trendingUpdated(first: 100) { item { id } } }')
  const ids = (answer: Answer) => answer.data.trendingUpdated.map((pick: { item: { id: string } }) => pick.item.id)
  expect(ids(await watcher.message(0))).toContain('a')
  await harness.log.append(topics.items, [
    { key: 'brand-new', value: encodeItem({ v: 1, id: 'brand-new', title: 'New' }) },
  ])
  expect(ids(await watcher.message(1))).toContain('brand-new')
})

test('queries and mutations over the socket are answered once, under the same rules', async () => {
  const query = harness.watch('{ item(id: "a") { id } }')
  expect(await query.message(0)).toEqual({ data: { item: { id: 'a' } } })
  await query.ended
  expect(query.received).toHaveLength(1)
  const mutation = harness.watch(
    'mutation { recordEvents(events: [{ userId: "wes", itemId: "a", type: VIEW }]) { accepted } }',
  )
  expect(await mutation.message(0)).toEqual({ data: { recordEvents: { accepted: 1 } } })
  const tooMuch = await harness.watch('{ recommendations(userId: "wes", first: 101) { id } }').message(0)
  expect(tooMuch.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'first' }] })
  const costly = `{ ${Array.from({ length: 59 }, (_, n) => `l${n}: trending(first: 100) { item { id } }`).join(' ')} }`
  expect((await harness.watch(costly).message(0)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

test('an invalid document is refused with the place of the error', async () => {
  const { errors } = await harness.watch('subscription { recommendationsUpdated(userId: "a") { nothing } }').message(0)
  expect(errors?.[0]).toMatchObject({
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', retriable: false },
    locations: [{ line: 1, column: 54 }],
  })
})
