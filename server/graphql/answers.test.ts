import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../platform/ports/clock.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { body, stringify } from '../../test/support/graphql-grammar.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ clock: { ...systemClock, now: () => 1_800_000_000_000 } })
  await harness.putItems(
    { id: 'a', title: 'A "quoted"\u2028 title 💥', tags: ['x', 'y'], price: 1.5, publishedAt: '2026-01-01T00:00:00Z' },
    { id: 'b', categories: ['x'] },
    { id: 'c', categories: ['x', 'z'], price: 0 },
  )
  await harness.publishList('u', aList({ offset: 1, unseen: ranked('a', 'b', 'c') }))
})
afterAll(() => harness.close())

/** As a client sees it; only the time may differ. */
async function shown(response: Response) {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'))
  return { status: response.status, headers, text: await response.text() }
}

const item = 'item { id title description categories tags price imageUrl available publishedAt }'
const requests: [string, string, Record<string, unknown>?][] = [
  [
    'a list with everything',
    `{ recommendations(userId: "u") { id userId revision modelVersion personalized variant causedByEventId
    picks { rank score ${item} reason { __typename ... on PopularNow { window } ... on MatchesTaste { categories } ... on NewArrival { publishedAt } ... on BecauseOfItem { eventType item { id } } } } } }`,
  ],
  [
    'aliases and merged selections',
    '{ x: item(id: "a") { one: id id } x: item(id: "a") { two: title one: id } y: item(id: "b") { id } }',
  ],
  [
    'fragments',
    'query Q($id: ID!) { item(id: $id) { ...F __typename } } fragment F on Item { title ...G } fragment G on Item { tags }',
    { id: 'a' },
  ],
  ['the type of the root', '{ __typename item(id: "a") { id } }'],
  ['null', '{ item(id: "nope") { id } items(ids: ["a", "nope", "c"]) { title price } }'],
  ['an empty list', '{ items(ids: []) { id } }'],
  [
    'directives',
    'query ($yes: Boolean!) { item(id: "a") { id @include(if: $yes) title @skip(if: $yes) } }',
    { yes: true },
  ],
  ['fields with resolvers', '{ item(id: "a") { id similar(first: 2) { rank item { id } } } }'],
  [
    'a page',
    '{ a: recommendations(userId: "u", first: 1, page: "p") { picks { item { id } } } b: trending(first: 1, page: "p") { item { id } } }',
  ],
  ['a refusal where null is possible', '{ item(id: "") { id } }'],
  ['a refusal where it is not', '{ recommendations(userId: "u", first: 0) { id } }'],
  ['a refusal beside an answer', '{ item(id: "") { id } other: item(id: "a") { id } }'],
  ['a refusal that takes time', '{ recommendations(userId: "u", after: "nonsense") { id } item(id: "a") { id } }'],
  ['a variable that is missing', 'query ($id: ID!) { item(id: $id) { id } }', {}],
  [
    'a variable of another kind',
    'query ($id: ID!, $n: Int) { item(id: $id) { id } trending(first: $n) { rank } }',
    { id: [1], n: 'x' },
  ],
  [
    'more than may be asked for',
    'query ($n: Int!) { trending(first: $n) { item { similar(first: 80) { rank } } } }',
    { n: 100 },
  ],
  ['introspection', '{ __schema { queryType { name } } }'],
  ['a subscription', 'subscription { trendingUpdated { rank } }'],
  ['a mutation that is refused', 'mutation { recordEvents(events: []) { accepted } }'],
]

describe('what is known is answered as Apollo answers it', () => {
  test.each(requests)('%s', async (_name, query, variables) => {
    const request = { query, variables }
    const known = []
    for (let n = 0; n < 3; n++) known.push(await shown(await harness.post(request)))
    const apollo = await shown(await harness.post({ ...request, extensions: {} }))
    for (const answer of known) expect(answer).toEqual(apollo)
  })

  test('whatever is asked for', async () => {
    const property = fc.asyncProperty(body, async (one) => {
      const send = async () => {
        const headers = { 'content-type': 'application/json' }
        return shown(await fetch(harness.url, { method: 'POST', headers, body: stringify(one) }))
      }
      const first = await send()
      expect(await send()).toEqual(first)
    })
    await fc.assert(property, { numRuns: 60, seed: 1 })
  })
})
