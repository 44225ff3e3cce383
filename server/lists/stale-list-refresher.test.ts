import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeInteraction } from '../../schema/records/interaction.ts'
import type { UserList } from '../../schema/records/list.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const minute = 60_000
let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ env: { PICKSTREAM_STALE_MINUTES: '30' } })
  await harness.putItems({ id: 'old' }, { id: 'new' })
})
afterAll(() => harness.close())

const aList = (offset: number, rankedAt: number, itemId: string): UserList => ({
  position: { partition: 0, offset },
  epoch: 0,
  computedAt: 0,
  rankedAt,
  modelVersion: 0,
  causedByEventId: null,
  heldOutItem: null,
  personalized: true,
  adopted: [],
  unseen: [{ itemId, score: 1, reason: { kind: 'popular', window: 'DAY' } }],
  seen: [],
  unlisted: [],
})

const first = async (userId: string) =>
  (
    await harness.ask('query($u: ID!) { recommendations(userId: $u, first: 1) { picks { item { id } } } }', {
      u: userId,
    })
  ).data.recommendations.picks[0].item.id

test('a visitor who comes back gets a list made for now; one who stayed gets the list there is', async () => {
  const asked: string[] = []
  const following = await harness.log.follow({ topic: topics.interactions, from: 'end' }, async (records) => {
    for (const { key, value, appendedAt } of records as StoredRecord[]) {
      const { kind } = decodeInteraction(key, value, appendedAt)
      asked.push(`${kind} ${key}`)
      await harness.publishList(key, aList(10 + asked.length, 100 * minute, 'new'))
    }
  })
  await harness.publishList('gone', aList(1, 10 * minute, 'old'))
  await harness.publishList('here', aList(2, 90 * minute, 'old'))
  await harness.publishList('other', aList(3, 100 * minute, 'new'))

  expect(await first('here')).toBe('old')
  expect(await first('gone')).toBe('new')
  expect(await first('gone')).toBe('new')
  expect(asked).toEqual(['refresh gone'])
  await following.stop()
})

test('where no fresh list comes in time, the one there is is shown', async () => {
  await harness.publishList('unlucky', aList(50, 10 * minute, 'old'))
  expect(await first('unlucky')).toBe('old')
})
