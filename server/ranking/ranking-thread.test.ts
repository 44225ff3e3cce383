import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../platform/config.ts'
import { type Embedded, openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { startRankingThread } from './ranking-handle.ts'
import type { RankingService } from './ranking-service.ts'

let dir: string
let embedded: Embedded
let ranking: RankingService
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pickstream-ranking-'))
  embedded = await openEmbedded({ dir })
  await embedded.log.createTopics(topicSpecs(1))
  await embedded.store.migrate()
  const item = (id: string, categories: string[], available = true) => ({
    key: id,
    value: encodeItem({ v: 1, id, title: id, categories, available }),
  })
  await embedded.log.append(topics.items, [
    item('tent', ['camp']),
    item('lamp', ['light']),
    item('gone', ['camp'], false),
  ])
  const config = readConfig({ PICKSTREAM_DATA_DIR: dir, PICKSTREAM_PARTITIONS: '1', PICKSTREAM_LOG_LEVEL: 'silent' })
  ranking = await startRankingThread({ config, logger: silentLogger, connectWriter: embedded.connectWriter })
  await ranking.ready
})
afterAll(async () => {
  await ranking.close()
  await embedded.close()
  await rm(dir, { recursive: true, force: true })
})

const request = { limit: 10, exclude: [], filter: null }
const ids = (list: { itemId: string }[]) => list.map(({ itemId }) => itemId).sort()

test('the thread answers every question from what it follows by itself', async () => {
  expect(ids(await ranking.trending('DAY', request))).toEqual(['lamp', 'tent'])
  expect(ids(await ranking.trending('DAY', { ...request, exclude: ['lamp'] }))).toEqual(['tent'])
  const light = { ...request, filter: { categories: ['light'] } }
  expect(
    (
      await ranking.similar([
        { ...light, itemId: 'tent' },
        { ...request, itemId: 'tent' },
      ])
    ).map(ids),
  ).toEqual([['lamp'], ['lamp']])
  expect((await ranking.together([{ ...request, itemIds: ['lamp'] }])).map(ids)).toEqual([['tent']])
  const trail = [{ itemId: 'tent', type: 'VIEW' as const }]
  expect(ids(await ranking.session({ ...request, trail, now: 1, exclude: ['tent'] }))).toEqual(['lamp'])
  expect(ids(await ranking.session({ ...request, trail: [], now: 1 }))).toEqual(['lamp', 'tent'])
})

test('sees what is put later', async () => {
  const record = { key: 'new', value: encodeItem({ v: 1, id: 'new', title: 'New' }) }
  await embedded.log.append(topics.items, [record])
  let found: string[] = []
  while (!found.includes('new')) found = ids(await ranking.trending('DAY', request))
})

test('a question it cannot answer fails alone', async () => {
  // @ts-expect-error: no such window
  await expect(ranking.trending(Symbol('no window'), request)).rejects.toThrow()
  expect(ids(await ranking.trending('HOUR', request)).length).toBeGreaterThan(0)
})
