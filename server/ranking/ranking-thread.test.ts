import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { startRankingThread } from './ranking-handle.ts'
import { rankingServiceContract } from './ranking-service.contract.ts'

rankingServiceContract('the ranking thread', (config, { connectWriter }) =>
  startRankingThread({ config, logger: silentLogger, connectWriter }),
)

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** The threads that this one starts, in order. */
function startedThreads(): readonly Worker[] {
  const threads: Worker[] = []
  const add = (thread: Worker) => threads.push(thread)
  process.on('worker', add)
  closing.push(() => process.off('worker', add))
  return threads
}

async function startRanking() {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-ranking-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  const { log, store, connectWriter, close } = await openEmbedded({ dir })
  closing.push(close)
  await log.createTopics(topicSpecs(1))
  await store.migrate()
  await log.append(topics.items, [{ key: 'tent', value: encodeItem({ v: 1, id: 'tent', title: 'Tent' }) }])
  const env = { PICKSTREAM_DATA_DIR: dir, PICKSTREAM_PARTITIONS: '1', PICKSTREAM_LOG_LEVEL: 'silent' }
  const config = readConfig({ ...env, PICKSTREAM_DEMO: 'off' })
  const thread = await startRankingThread({ config, logger: silentLogger, connectWriter })
  closing.push(() => thread.stop())
  return thread.ranking
}

test('a thread that ended is started again: questions in flight are rejected, later ones answered', async () => {
  const threads = startedThreads()
  const ranking = await startRanking()
  const isReady = () => expect.poll(() => ranking.isReady, { timeout: 30_000 }).toBe(true)
  await isReady()
  const started = threads.length
  const request = { limit: 10, exclude: [], filter: null }
  const answer = [expect.objectContaining({ itemId: 'tent' })]
  const inFlight = Promise.allSettled(Array.from({ length: 200 }, () => ranking.trending('DAY', request)))
  await threads.at(-1)!.terminate()

  const outcomes = await inFlight
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  for (const one of outcomes) {
    if (one.status === 'fulfilled') expect(one.value).toEqual(answer)
    else expect(one.reason).toMatchObject({ code: 'UNAVAILABLE', retriable: true })
  }
  expect(ranking.isReady).toBe(false)

  await isReady()
  expect(threads.length).toBe(started + 1)
  expect(await ranking.trending('DAY', request)).toEqual(answer)
}, 60_000)
