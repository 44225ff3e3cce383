import { expect, test } from 'vitest'
import type { EventLog, LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import { topics } from '../../schema/topics.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import type { StageMeter } from './meter.ts'
import type { Urgency } from './pending-records.ts'
import { aheadOwnersMax, aheadRecordsMax } from './run-in-order.ts'
import { runStage } from './run-stage.ts'
import { defineStage, type OpenStates } from './stage.ts'

interface Joined {
  readonly text: string
  readonly offset: number
}

/** All values of a key as one text, in a list at once and in a delta in the order of the log. Capitals must keep their turn. */
const joining = defineStage<string, Joined, undefined>({
  name: 'joining',
  from: topics.interactions,
  emits: [topics.lists, topics.sideDeltas],
  batchRecordsMax: 1000,
  subBatchRecordsMax: 2,
  backlogMax: 2000,
  ahead: { topic: topics.lists, allows: (value) => value === value.toLowerCase() },
  decode: ({ value }) => {
    const text = Buffer.from(value!).toString()
    if (text === '?') throw new Error('cannot be read')
    return text
  },
  run: (value, { key, position: { offset } }, before) => {
    if (offset <= (before?.offset ?? -1)) return {}
    const state = { text: (before?.text ?? '') + value, offset }
    const emit = (topic: 'lists' | 'sideDeltas') => ({
      topic: topics[topic],
      key,
      value: () => {
        if (state.text.includes('!')) throw new Error('cannot be encoded')
        return Buffer.from(state.text)
      },
    })
    return { state, emits: [emit('lists'), emit('sideDeltas')] }
  },
})

/** Appends to topic side-deltas wait until the test answers them: so the turn of what stands behind does not come. */
function setUp() {
  const world = aQuietWorld()
  const stored = new Map<string, Joined>()
  const openStates: OpenStates<Joined> = () => ({
    load: async (keys) => new Map(keys.flatMap((key) => (stored.has(key) ? [[key, stored.get(key)!] as const] : []))),
    save: async (changes) => {
      for (const { key, state } of changes) stored.set(key, state!)
    },
  })
  const waiting: { answer(): void; fail(): void }[] = []
  let isOpen = false
  let listsFail = false
  const log: EventLog = {
    ...world.log,
    append: (topic, records) => {
      if (topic === topics.lists && listsFail) return Promise.reject(new Error('no list can be written'))
      if (topic !== topics.sideDeltas || isOpen) return world.log.append(topic, records)
      return new Promise((resolve, reject) => {
        const answer = () => void world.log.append(topic, records).then(resolve, reject)
        waiting.push({ answer, fail: () => reject(new Error('no answer')) })
      })
    },
  }
  const failed: string[] = []
  const meter = { failed: (reason: string) => failed.push(reason), done: () => {} } as unknown as StageMeter
  const recordsOf = (topic: string) =>
    world.simLog
      .topic(topic)
      .all()
      .map(({ key, value }) => `${key} ${Buffer.from(value!)}`)
  /** Long enough for all that can be done while some writes are not answered. */
  const rest = async () => {
    for (let n = 0; n < 1000; n++) await world.scheduler.step()
  }
  return {
    rest,
    stored,
    waiting,
    failed,
    append: (...values: [key: string, value: string, urgency: Urgency][]) => {
      const records = values.map(
        ([key, value, urgency]): LogRecord => ({ key, value: Buffer.from(value), headers: { urgency } }),
      )
      return world.until(world.log.append(topics.interactions, records))
    },
    async run() {
      const urgencyOf = ({ headers }: StoredRecord) => headers.urgency as Urgency
      const common = { context: () => undefined, log, store: world.store, meter, clock: world.clock }
      void runStage({ ...common, stage: joining, openStates, urgencyOf })
      await rest()
    },
    /** From now on everything is answered at once. */
    async answerAll() {
      isOpen = true
      for (const { answer } of waiting) answer()
      await rest()
    },
    failLists(fails: boolean) {
      listsFail = fails
    },
    lists: () => recordsOf(topics.lists),
    deltas: () => recordsOf(topics.sideDeltas),
    dead: () => recordsOf(topics.deadLetter),
    committed: () => world.simLog.groups.get('joining')?.committed[0] ?? 0,
  }
}

const bulk = (count: number) =>
  Array.from({ length: count }, (_, n): [string, string, Urgency] => [`bulk-${n}`, '1', 'bulk'])

test('of an urgent record what may stand ahead is emitted before those in front of it are run, and the rest in its turn', async () => {
  const { append, run, lists, deltas, stored, committed, answerAll } = setUp()
  await append(...bulk(10), ['ann', 'a', 'live'])
  await run()
  expect(lists()).toContain('ann a')
  expect([deltas(), stored.size, committed()]).toEqual([[], 0, 0])
  await answerAll()
  expect(deltas()).toEqual([...bulk(10).map(([key]) => `${key} 1`), 'ann a'])
  expect(lists().filter((text) => text.startsWith('ann'))).toEqual(['ann a'])
  expect([stored.get('ann')?.text, committed()]).toEqual(['a', 11])
})

test('a record is decided on with all that its owner has in front of it, and goes on from there with the next', async () => {
  const { append, run, rest, lists, deltas, answerAll } = setUp()
  await append(...bulk(4), ['ann', 'a', 'bulk'], ['ann', 'b', 'live'])
  await run()
  expect(lists().at(-1)).toBe('ann ab')
  await append(['ann', 'c', 'bulk'], ['ann', 'd', 'live'])
  await rest()
  expect(lists().at(-1)).toBe('ann abcd')
  await answerAll()
  expect(lists().filter((text) => text.startsWith('ann'))).toEqual(['ann ab', 'ann abcd'])
  expect(deltas().filter((text) => text.startsWith('ann'))).toEqual(['ann a', 'ann ab', 'ann abc', 'ann abcd'])
})

test('records of equal urgency, and less urgent ones, keep their turn', async () => {
  const { append, run, lists } = setUp()
  await append(['a', '1', 'live'], ['b', '1', 'live'], ['c', '1', 'live'], ['d', '1', 'bulk'])
  await run()
  expect(lists().filter((text) => 'cd'.includes(text[0]!))).toEqual([])
})

test('a watched record goes ahead of live ones', async () => {
  const { append, run, lists } = setUp()
  await append(['a', '1', 'live'], ['b', '1', 'live'], ['c', '1', 'live'], ['d', '1', 'watched'])
  await run()
  expect(lists()).toContain('d 1')
})

test('a record that may not go ahead keeps its turn, with all of its owner', async () => {
  const { append, run, lists } = setUp()
  await append(...bulk(4), ['ann', 'A', 'live'], ['ann', 'b', 'live'])
  await run()
  expect(lists().some((text) => text.startsWith('ann'))).toBe(false)
})

test('an owner with too many records in line keeps its turn, and so do owners beyond a number', async () => {
  const { append, run, lists, answerAll } = setUp()
  const many = (count: number) => Array.from({ length: count }, (): [string, string, Urgency] => ['many', 'm', 'live'])
  const owners = Array.from({ length: aheadOwnersMax + 5 }, (_, n): [string, string, Urgency] => [
    `o-${n}`,
    '1',
    'live',
  ])
  await append(...bulk(4), ...many(aheadRecordsMax + 1), ...owners)
  await run()
  expect(lists()).not.toContain(`many ${'m'.repeat(aheadRecordsMax + 1)}`)
  expect(new Set(lists().map((text) => text.split(' ')[0])).size).toBeLessThanOrEqual(aheadOwnersMax + 2)
  await answerAll()
  expect(lists()).toContain(`many ${'m'.repeat(aheadRecordsMax + 1)}`)
  expect(new Set(lists().filter((text) => text.startsWith('o-'))).size).toBe(owners.length)
})

test('no state is saved before the lists emitted ahead are durable, and after a failure all is decided again', async () => {
  const { append, run, rest, lists, stored, failed, failLists, answerAll } = setUp()
  failLists(true)
  await append(...bulk(1), ['ann', 'a', 'live'])
  await run()
  await answerAll()
  expect(failed).toContain('no list can be written')
  expect([stored.size, lists()]).toEqual([0, []])
  failLists(false)
  await rest()
  expect([stored.get('ann')?.text, lists()]).toEqual(['a', expect.arrayContaining(['ann a', 'bulk-0 1'])])
})

test('a slice that fails after something went ahead is run again, and nothing is counted twice', async () => {
  const { append, run, rest, waiting, failed, deltas, lists, stored, answerAll } = setUp()
  await append(...bulk(4), ['ann', 'a', 'live'])
  await run()
  waiting[0]!.fail()
  await rest()
  expect(failed).toEqual(['no answer'])
  await answerAll()
  expect(deltas().filter((text) => text.startsWith('ann'))).toEqual(['ann a'])
  expect(new Set(lists().filter((text) => text.startsWith('ann')))).toEqual(new Set(['ann a']))
  expect(stored.get('ann')?.text).toBe('a')
})

test('where one list cannot be encoded, that record becomes a dead letter in its turn, and no other list is lost', async () => {
  const { append, run, lists, deltas, dead, stored, answerAll } = setUp()
  await append(...bulk(4), ['ann', '!', 'live'], ['bob', 'b', 'live'])
  await run()
  await answerAll()
  expect(lists()).toContain('bob b')
  expect([dead(), stored.get('bob')?.text, stored.has('ann')]).toEqual([['ann !'], 'b', false])
  expect(deltas()).toEqual([...bulk(4).map(([key]) => `${key} 1`), 'bob b'])
})

test('what cannot be read becomes a dead letter, before anything behind it is committed', async () => {
  const { append, run, dead, committed, answerAll } = setUp()
  await append(...bulk(2), ['ann', '?', 'live'], ...bulk(1))
  await run()
  expect(committed()).toBeLessThanOrEqual(2)
  await answerAll()
  expect([dead(), committed()]).toEqual([['ann ?'], 4])
})
