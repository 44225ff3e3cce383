import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../engine/math/random.ts'
import { Recommender } from '../../engine/recommender.ts'
import { checkerboard } from '../../engine/test-builders.ts'
import { eventAt } from '../../engine/train/log.ts'
import type { Embedded } from '../../platform/embedded/open-embedded.ts'
import { aFolder, anEmbedded } from '../../platform/embedded/testing/programs.ts'
import { silentLogger } from '../../platform/logger.ts'
import { systemClock } from '../../platform/ports/clock.ts'
import { followReplica, type Replica } from '../../platform/read-models/replica.ts'
import { encodeHistoryEvent, historyCluster } from '../../schema/records/history.ts'
import {
  automaticId,
  type Command,
  type CommandOutcome,
  decodeOutcome,
  decodeServing,
  encodeCommand,
  outcomeKey,
  servingKey,
} from '../../schema/records/model.ts'
import { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { tables } from '../../schema/tables.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { createMeter } from '../runner/meter.ts'
import { startTrainer } from './trainer.ts'

/** Other work may keep the machine busy. */
const timeoutMs = 60_000

let embedded: Embedded
let replica: Replica

beforeEach(async () => {
  embedded = await anEmbedded({ dir: aFolder() })
  const { log, store } = embedded
  await log.createTopics(topicSpecs(1))
  const board = checkerboard(30, 12, 0.6, seededRandom(5))
  for (let place = 0; place < board.size; place++) {
    const event = eventAt(board, place)
    const value = encodeHistoryEvent({ ...event, recommendationId: null })
    const row = { partition: event.userId, cluster: historyCluster(place), value, writeTimestamp: 1n }
    await store.put(tables.eventsByUser, [row])
  }
  replica = await followReplica({ log, store, recommender: new Recommender() })
  const trainer = await startTrainer({
    log,
    store,
    clock: systemClock,
    config: { TRAIN_EVENTS: 0, TRAIN_MINUTES: 0 },
    logger: silentLogger,
    replica,
    meter: createMeter({ stage: 'train', instance: 'test', startedAt: 0 }),
    authenticator: new RecordAuthenticator(new Uint8Array(32)),
  })
  onTestFinished(async () => {
    await trainer.stop(1000)
    await replica.stop()
  })
}, timeoutMs)

/** What became of the command, in the trainer's words. */
async function outcomeOf(command: Command): Promise<CommandOutcome> {
  const { log } = embedded
  let outcome: CommandOutcome | undefined
  const following = await log.follow({ topic: topics.models, from: 'beginning' }, (records) => {
    for (const { key, value } of records)
      if (key === outcomeKey(command.id) && value !== null) outcome = decodeOutcome(value)
  })
  await log.append(topics.commands, [{ key: command.kind, value: encodeCommand(command) }])
  await expect.poll(() => outcome, { timeout: timeoutMs }).toBeDefined()
  await following.stop()
  return outcome!
}

test('trainings are published one after the other, and an earlier model can be brought back', async () => {
  expect(await outcomeOf({ kind: 'retrain', id: 'a' })).toMatchObject({ published: true, version: 1 })
  expect(await outcomeOf({ kind: 'retrain', id: 'b' })).toMatchObject({ published: true, version: 2 })
  expect(replica.model()?.version).toBe(2)
  const published = (await embedded.log.read(topics.models, 0, 0, 100)).findLast(({ key }) => key === servingKey)
  expect(decodeServing(published!.value!)).toMatchObject({ version: 2, users: 30, items: 12 })

  expect(await outcomeOf({ kind: 'roll-back', id: 'c', version: 1 })).toMatchObject({ published: true, version: 1 })
  await expect.poll(() => replica.model()?.version, { timeout: timeoutMs }).toBe(1)
  const unknown = await outcomeOf({ kind: 'roll-back', id: 'd', version: 9 })
  expect(unknown).toMatchObject({ published: false, version: 1, reason: expect.stringContaining('there are 2, 1') })
  // Never a number that a worker may have met before.
  expect(await outcomeOf({ kind: 'retrain', id: 'e' })).toMatchObject({ published: true, version: 3 })
})

test('several orders of the schedule for one version are one training', async () => {
  const id = (occasion: string) => automaticId(1, occasion)
  expect(await outcomeOf({ kind: 'retrain', id: id('2000 events') })).toMatchObject({ published: true, version: 1 })
  const late = await outcomeOf({ kind: 'retrain', id: id('4000 events') })
  expect(late).toMatchObject({ published: false, reason: 'done already', version: 1 })
})

test('a training that fails says so and leaves the model that serves', async () => {
  await outcomeOf({ kind: 'retrain', id: 'a' })
  const broken = { partition: 'u0', cluster: historyCluster(1e6), value: Buffer.from('no event'), writeTimestamp: 1n }
  await embedded.store.put(tables.eventsByUser, [broken])
  const failed = await outcomeOf({ kind: 'retrain', id: 'b' })
  expect(failed).toMatchObject({ published: false, version: 1, reason: expect.stringContaining('events_by_user') })
  expect(replica.model()?.version).toBe(1)
})
