import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedded } from '../platform/embedded/open-embedded.ts'
import { publishRules } from '../platform/read-models/rules.ts'
import { topicSpecs } from '../schema/topics.ts'
import { aList, ranked } from '../test/support/builders.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

const pinFrom = Date.now() + 4_000

let dir: string
let harness: Harness
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pickstream-rules-'))
  const { log, store } = await openEmbedded({ dir })
  await log.createTopics(topicSpecs(1))
  // As after a restart: the topic has several documents until it is compacted.
  await publishRules(log, 'pins: [{ item: b, position: 1 }]')
  await publishRules(log, '')
  await publishRules(log, `pins: [{ item: c, position: 1, when: { from: ${new Date(pinFrom).toISOString()} } }]`)
  harness = await startHarness({ platform: { log, store } })
  await harness.putItems(...['a', 'b', 'c'].map((id) => ({ id })))
})
afterAll(async () => {
  await harness.close()
  await rm(dir, { recursive: true, force: true })
})

test('a server starts with the newest of several rules, and their dates take effect on open pages', async () => {
  await harness.publishList('ann', aList({ unseen: ranked('a', 'b') }))
  expect((await harness.ask('{ rules { version } }')).data).toEqual({ rules: { version: 3 } })
  const watcher = harness.watch(
    'subscription { recommendationsUpdated(userId: "ann", first: 2) { picks { item { id } } } }',
  )
  const orderOf = async (n: number) =>
    (await watcher.message(n)).data.recommendationsUpdated.picks.map(({ item }: { item: { id: string } }) => item.id)
  let shown = await orderOf(0)
  for (let n = 1; shown[0] === 'a'; n++) shown = await orderOf(n)
  expect(shown).toEqual(['c', 'a'])
})
