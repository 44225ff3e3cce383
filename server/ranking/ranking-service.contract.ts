import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Config, readConfig } from '../../platform/config.ts'
import { type Embedded, openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import type { RankingThread } from './ranking-handle.ts'

type Start = (config: Config, embedded: Embedded) => Promise<RankingThread>

/** What every thread that ranks on request promises to the server. */
export function rankingServiceContract(name: string, start: Start): void {
  describe(name, () => {
    let dir: string
    let embedded: Embedded
    let thread: RankingThread
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
      const env = { PICKSTREAM_DATA_DIR: dir, PICKSTREAM_PARTITIONS: '1', PICKSTREAM_LOG_LEVEL: 'silent' }
      thread = await start(readConfig({ ...env, PICKSTREAM_DEMO: 'off' }), embedded)
      await vi.waitUntil(() => thread.ranking.isReady, { timeout: 30_000 })
    })
    afterAll(async () => {
      await embedded.close()
      await rm(dir, { recursive: true, force: true })
    })

    const request = { limit: 10, exclude: [], filter: null }
    const ids = (list: { itemId: string }[]) => list.map(({ itemId }) => itemId).sort()

    test('answers every question from what it follows by itself', async () => {
      const { ranking } = thread
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
      const given = await ranking.rank({ itemIds: ['unknown', 'lamp', 'tent'], state: undefined, now: 1 })
      expect([...given.places].sort()).toEqual([1, 2])
      expect(ranking.modelVersion).toBe(0)
    })

    test('sees what is put later', async () => {
      const record = { key: 'new', value: encodeItem({ v: 1, id: 'new', title: 'New' }) }
      await embedded.log.append(topics.items, [record])
      let found: string[] = []
      while (!found.includes('new')) found = ids(await thread.ranking.trending('DAY', request))
    })

    test('a question it cannot answer fails alone', async () => {
      const { ranking } = thread
      // @ts-expect-error: no such window
      await expect(ranking.trending(Symbol('no window'), request)).rejects.toThrow()
      expect(ids(await ranking.trending('HOUR', request)).length).toBeGreaterThan(0)
    })

    test('leaves no question open when it ends, and refuses those that come after', async () => {
      const { ranking, stop } = thread
      const asked = Promise.allSettled(Array.from({ length: 200 }, () => ranking.trending('DAY', request)))
      await stop()
      const refusals = (await asked).flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      for (const code of refusals) expect(code).toBe('UNAVAILABLE')
      await expect(ranking.trending('DAY', request)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    })
  })
}
