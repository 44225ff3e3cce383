import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  decodeCommand,
  encodeOutcome,
  encodeServing,
  outcomeKey,
  type ServingModel,
  servingKey,
} from '../../schema/records/model.ts'
import { encodeStageReport, type StageReport } from '../../schema/records/stage-status.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import type { RankingService } from '../ranking/ranking-service.ts'

let harness: Harness
let now = 1_000_000
let modelVersion = 0
beforeAll(async () => {
  harness = await startHarness({
    clock: { now: () => now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    env: { PICKSTREAM_RETRAIN_MS_MAX: '2000' },
    wrapRanking: (ranking): RankingService =>
      new Proxy(ranking, {
        get: (target, name) => (name === 'modelVersion' ? modelVersion : Reflect.get(target, name)),
      }),
  })
})
afterAll(() => harness.close())

const report = (stage: string, instance: string, fields: Partial<StageReport> = {}) => ({
  key: `${stage}/${instance}`,
  value: encodeStageReport({
    stage,
    instance,
    reportedAt: now,
    processedPerSecond: 10,
    p50Ms: 2,
    p99Ms: 5,
    processed: 1,
    deadLetters: 0,
    ...fields,
  }),
})
const query =
  '{ stages { name lag processedPerSecond p50Ms p99Ms deadLetters } model { version trainedAt } subscribers users items }'
const status = async () => (await harness.ask(`{ pipeline ${query} }`)).data.pipeline
async function statusWhen(holds: (status: { stages: unknown[]; model: { version: number } }) => boolean) {
  for (;;) {
    const found = await status()
    if (holds(found)) return found
  }
}
const model = (version: number): ServingModel => ({
  version,
  trainedAt: Date.parse('2026-05-01T00:00:00Z'),
  events: 1,
  users: 2,
  items: 3,
  chunks: 0,
  validation: null,
  commandId: null,
})

test('stages over all their instances; model 0 before the first', async () => {
  expect(await status()).toMatchObject({ stages: [], model: { version: 0, trainedAt: null }, users: 0, items: 0 })
  await harness.log.append(topics.stageStatus, [
    report('embed', 'a', { users: 3, p50Ms: 2, p99Ms: 9, deadLetters: 1 }),
    report('embed', 'b', { users: 4, p50Ms: 8, processedPerSecond: 30, deadLetters: 1 }),
    report('archive', 'a'),
  ])
  const found = await statusWhen(({ stages }) => stages.length === 2)
  expect(found).toMatchObject({ users: 4, subscribers: 0 })
  expect(found.stages).toEqual([
    { name: 'archive', lag: 0, processedPerSecond: 10, p50Ms: 2, p99Ms: 5, deadLetters: 0 },
    { name: 'embed', lag: 0, processedPerSecond: 40, p50Ms: 6.5, p99Ms: 9, deadLetters: 2 },
  ])
})

test('an instance that has not reported for 5 seconds is gone', async () => {
  now += 4_000
  await harness.log.append(topics.stageStatus, [report('embed', 'a', { p50Ms: 4 })])
  await statusWhen(({ stages }) => (stages as { p50Ms: number }[])[1]?.p50Ms === 7)
  now += 2_000
  expect((await status()).stages).toMatchObject([{ name: 'embed', p50Ms: 4 }])
})

test('what waits for a stage is seen though nobody works on it', async () => {
  const from = topics.history
  await harness.log.append(topics.stageStatus, [report('archive', 'a', { from })])
  await statusWhen(({ stages }) => (stages as { name: string }[]).some(({ name }) => name === 'archive'))
  now += 10_000
  const records = ['a', 'b', 'c'].map((key) => ({ key, value: new Uint8Array(1) }))
  await harness.log.append(from, records)
  const { stages } = await statusWhen((found) => (found.stages as { lag: number }[])[0]?.lag === 3)
  expect(stages).toEqual([{ name: 'archive', lag: 3, processedPerSecond: 0, p50Ms: 0, p99Ms: 0, deadLetters: 0 }])
  const worker = await harness.log.consume({ group: 'archive', topics: [from] }, async () => {})
  await statusWhen((found) => (found.stages as { lag: number }[])[0]?.lag === 0)
  await worker.stop()
})

test('pipelineUpdated, once a second', async () => {
  const watcher = harness.watch(`subscription { pipelineUpdated ${query} }`)
  await watcher.message(0)
  expect((await watcher.message(1)).data.pipelineUpdated.subscribers).toBe(1)
  watcher.stop()
})

/** What the trainer does with the next command. */
async function answerCommand(published: boolean, reason: string | null, version: number): Promise<void> {
  const [before] = await harness.log.endOffsets(topics.commands)
  const following = await harness.log.follow({ topic: topics.commands, from: 'beginning' }, async (records) => {
    for (const { value, offset } of records) {
      if (offset < before! || value === null) continue
      const { id } = decodeCommand(value)
      if (published)
        await harness.log.append(topics.models, [{ key: servingKey, value: encodeServing(model(version)) }])
      const outcome = encodeOutcome({ commandId: id, published, reason, version })
      await harness.log.append(topics.models, [{ key: outcomeKey(id), value: outcome }])
    }
  })
  stops.push(() => following.stop())
}
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
})
const retrain = () =>
  harness.ask('mutation { retrain { published reason model { version trainedAt events users items } } }')

test('retrain answers when the new version serves', async () => {
  await answerCommand(true, null, 7)
  const answer = retrain()
  await statusWhen((found) => found.model.version === 7)
  modelVersion = 7
  expect((await answer).data.retrain).toEqual({
    published: true,
    reason: null,
    model: { version: 7, trainedAt: '2026-05-01T00:00:00.000Z', events: 1, users: 2, items: 3 },
  })
  await stops.pop()?.()
})

test('retrain says why nothing was published', async () => {
  await answerCommand(false, 'no better than version 7', 7)
  expect((await retrain()).data.retrain).toMatchObject({
    published: false,
    reason: 'no better than version 7',
    model: { version: 7 },
  })
  await stops.pop()?.()
})

test('retrain does not wait for ever', async () => {
  const { errors } = await retrain()
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retriable: true })
})
