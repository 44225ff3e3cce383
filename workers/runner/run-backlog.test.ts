import { expect, test } from 'vitest'
import type { EventLog, LogRecord } from '../../platform/ports/event-log.ts'
import { topics } from '../../schema/topics.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import type { StageMeter } from './meter.ts'
import { slicesInFlightMax } from './run-backlog.ts'
import { runStage } from './run-stage.ts'
import { defineStage, noStates } from './stage.ts'

/** Passes on the newest number of each key, one key a slice. */
const passing = defineStage({
  name: 'passing',
  from: topics.userVectors,
  emits: [topics.lists],
  batchRecordsMax: 100,
  subBatchRecordsMax: 1,
  backlogMax: 100,
  conflateBy: ({ value }) => BigInt(Buffer.from(value!).toString()),
  decode: ({ value }) => value!,
  run: (value, { key }) => ({ emits: [{ topic: topics.lists, key, value: () => value }] }),
})

/** Appends to topic lists wait until the test answers them. */
function setUp() {
  const world = aQuietWorld()
  const waiting: { readonly text: string; answer(): void; fail(): void }[] = []
  const failed: string[] = []
  const log: EventLog = {
    ...world.log,
    append: (topic, records) =>
      topic !== topics.lists
        ? world.log.append(topic, records)
        : new Promise((resolve, reject) => {
            const text = records.map(({ key, value }) => `${key} ${Buffer.from(value!)}`).join()
            const answer = () => void world.log.append(topic, records).then(resolve, reject)
            waiting.push({ text, answer, fail: () => reject(new Error('no answer')) })
          }),
  }
  const meter = { failed: (reason: string) => failed.push(reason), done: () => {} } as unknown as StageMeter
  const append = (...values: [key: string, number: string][]) => {
    const records = values.map(([key, value]): LogRecord => ({ key, value: Buffer.from(value) }))
    return world.until(world.log.append(topics.userVectors, records))
  }
  return {
    ...world,
    append,
    waiting,
    failed,
    async run() {
      const parts = { stage: passing, openStates: noStates, context: () => undefined, log, store: world.store, meter }
      void runStage({ ...parts, clock: world.clock })
      await world.rest()
    },
    texts: () => waiting.map(({ text }) => text),
    committed: () => world.simLog.groups.get('passing')?.committed[0],
    lists: () =>
      world.simLog
        .topic(topics.lists)
        .all()
        .map(({ key, value }) => `${key} ${Buffer.from(value!)}`),
  }
}

test('slices are decided on while others are written, a bounded number of them', async () => {
  const { append, run, rest, waiting, texts } = setUp()
  await append(...Array.from({ length: 20 }, (_, n): [string, string] => [`key-${n}`, '1']))
  await run()
  expect(texts()).toEqual(Array.from({ length: slicesInFlightMax }, (_, n) => `key-${n} 1`))
  waiting[3]!.answer()
  await rest()
  expect(texts().at(-1)).toBe(`key-${slicesInFlightMax} 1`)
})

test('of one key the newer is written after the older is', async () => {
  const { append, run, rest, waiting, texts, lists, committed } = setUp()
  await append(['a', '1'], ['b', '1'])
  await run()
  await append(['a', '2'])
  waiting[1]!.answer()
  await rest()
  expect(texts()).toEqual(['a 1', 'b 1'])
  expect(committed()).toBe(0)
  waiting[0]!.answer()
  await rest()
  waiting[2]!.answer()
  await rest()
  expect(lists()).toEqual(['b 1', 'a 1', 'a 2'])
  expect(committed()).toBe(3)
})

test('a slice that fails is run again with all that was not committed, once the others have been answered', async () => {
  const { append, run, rest, waiting, texts, failed, committed } = setUp()
  await append(['a', '1'], ['b', '1'])
  await run()
  waiting[0]!.fail()
  await rest()
  expect([failed, texts()]).toEqual([[], ['a 1', 'b 1']])
  waiting[1]!.answer()
  await rest()
  expect([failed, texts()]).toEqual([['no answer'], ['a 1', 'b 1', 'a 1', 'b 1']])
  for (const { answer } of waiting.slice(2)) answer()
  await rest()
  expect(committed()).toBe(2)
})
