import { afterAll, beforeAll, expect, test } from 'vitest'
import { aList, ranked } from '../test/support/builders.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'tent' }, { id: 'lamp' }, { id: 'stove' })
})
afterAll(() => harness.close())

test('an event is taken in, its list is pushed to whoever watches, and the token finds it', async () => {
  const watcher = harness.watch(
    'subscription ($u: ID!) { recommendationsUpdated(userId: $u) { revision causedByEventId picks { rank item { id } } } }',
    { u: 'ada' },
  )
  const first = await watcher.message(0)
  expect(first.data.recommendationsUpdated.picks).toHaveLength(3)

  const { data } = await harness.ask('mutation ($e: [EventInput!]!) { recordEvents(events: $e) { accepted token } }', {
    e: [{ eventId: 'e1', userId: 'ada', itemId: 'tent', type: 'VIEW' }],
  })
  expect(data.recordEvents.accepted).toBe(1)

  await harness.publishList('ada', aList({ offset: 0, causedByEventId: 'e1', unseen: ranked('lamp', 'stove') }))
  const pushed = (await watcher.message(1)).data.recommendationsUpdated
  expect(pushed.causedByEventId).toBe('e1')
  expect(pushed.picks.map((pick: { item: { id: string } }) => pick.item.id).slice(0, 2)).toEqual(['lamp', 'stove'])
  expect(pushed.revision > first.data.recommendationsUpdated.revision).toBe(true)

  const read = await harness.ask(
    'query ($t: String) { recommendations(userId: "ada", after: $t) { revision personalized picks { item { id } reason { __typename } } } }',
    { t: data.recordEvents.token },
  )
  expect(read.errors).toBeUndefined()
  expect(read.data.recommendations.revision).toBe(pushed.revision)
})
