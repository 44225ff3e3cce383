import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../platform/config.ts'
import { openEmbedded } from '../platform/embedded/open-embedded.ts'
import { encodeInteraction } from '../schema/records/interaction.ts'
import { encodeItem } from '../schema/records/item.ts'
import { topicSpecs, topics } from '../schema/topics.ts'
import { RankingClient } from '../server/ranking/ranking-client.ts'
import { rankingServiceContract } from '../server/ranking/ranking-service.contract.ts'
import { startStagesThread } from './stages-handle.ts'

rankingServiceContract("the stages' thread of the one-process start", async (config, { connectWriter }) => {
  const ranking = new RankingClient()
  const { stop } = await startStagesThread({ config, questions: ranking.connect(), writer: connectWriter() })
  return { ranking, stop }
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('questions are answered while a backlog waits', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-stages-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  const { log, store, connectWriter, close } = await openEmbedded({ dir })
  closing.push(close)
  await log.createTopics(topicSpecs(1))
  await store.migrate()
  const itemIds = Array.from({ length: 100 }, (_, n) => `item-${n}`)
  await log.append(
    topics.items,
    itemIds.map((id) => ({ key: id, value: encodeItem({ v: 1, id, title: id }) })),
  )
  const ranking = new RankingClient()
  const config = readConfig({
    PICKSTREAM_DATA_DIR: dir,
    PICKSTREAM_PARTITIONS: '1',
    PICKSTREAM_LOG_LEVEL: 'silent',
    PICKSTREAM_DEMO: 'off',
    PICKSTREAM_TRAIN_EVENTS: '0',
    PICKSTREAM_TRAIN_MINUTES: '0',
  })
  const stages = await startStagesThread({ config, questions: ranking.connect(), writer: connectWriter() })
  closing.push(() => stages.stop())

  const events = Array.from({ length: 5_000 }, (_, n) => {
    const userId = `user-${n % 500}`
    const event = {
      eventId: `e-${n}`,
      userId,
      itemId: itemIds[(n * 7) % 100]!,
      type: 'VIEW',
      timestamp: new Date(1e12 + n).toISOString(),
    } as const
    return { key: userId, value: encodeInteraction({ v: 1, kind: 'event', ...event }) }
  })
  await log.append(topics.interactions, events)
  const ids = { itemIds, state: undefined, now: 1e12 }
  for (let n = 0; n < 5; n++) expect((await ranking.rank(ids)).places).toHaveLength(100)
  const [committed] = await log.committedOffsets('embed', topics.interactions)
  expect(committed).toBeLessThan(events.length)
})
