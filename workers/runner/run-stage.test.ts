import { describe, expect, test } from 'vitest'
import type { BatchHandler, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { sliceStateBytesMax } from './load-states.ts'
import type { StageMeter } from './meter.ts'
import { runStage } from './run-stage.ts'
import { defineStage, type OpenStates, type Stage } from './stage.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | null) => (value === null ? null : new TextDecoder().decode(value))

/** Sums the numbers of each key, and passes them on. */
const adding = defineStage({
  name: 'adding',
  from: topics.interactions,
  emits: [topics.history],
  batchRecordsMax: 100,
  decode: ({ value }) => {
    const number = Number(text(value))
    if (Number.isNaN(number)) throw new Error(`expected a number, got ${text(value)}`)
    return number
  },
  run: (number, { key, position }, before: number | undefined) => {
    if (number < 0) throw new Error('expected a number from 0 on')
    const sum = (before ?? 0) + number
    return {
      state: sum,
      rows: [
        { table: tables.items, partition: key, value: bytes(String(sum)), writeTimestamp: BigInt(position.offset) },
      ],
      emits: [{ topic: topics.history, key, value: () => bytes(String(sum)) }],
    }
  },
})

/** What happened, in its order; a step that is named in `failing` fails so often. */
function setUp(
  stage: Stage<number, number, undefined> = adding,
  failing: Record<string, number> = {},
  as = (record: StoredRecord) => record,
) {
  const world = aQuietWorld()
  const steps: string[] = []
  const opened: number[] = []
  const failed: string[] = []
  const step = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
    steps.push(name)
    if (failing[name] !== undefined && failing[name]-- > 0) throw new Error(`${name} failed`)
    return action()
  }
  const log: EventLog = {
    ...world.log,
    consume: (options, handle) =>
      world.log.consume(options, (batch) => {
        const isOwned = () => (failing.owned === undefined || failing.owned-- <= 0) && batch.isOwned()
        return handle({ ...batch, records: batch.records.map(as), isOwned })
      }),
    append: (topic, records) => step(`append ${topic}`, () => world.log.append(topic, records)),
  }
  const store: Store = {
    ...world.store,
    put: (table, rows) => step(`put ${table.name}`, () => world.store.put(table, rows)),
  }
  const saved = new Map<string, number>()
  const openStates: OpenStates<number> = (partition) => {
    opened.push(partition)
    return {
      load: async (keys) => new Map(keys.flatMap((key) => (saved.has(key) ? [[key, saved.get(key)!] as const] : []))),
      save: (changes) =>
        step('save', async () => {
          for (const { key, state } of changes) saved.set(key, state!)
        }),
    }
  }
  const meter = {
    failed: (reason: string) => failed.push(reason),
    done: () => {},
  } as unknown as StageMeter
  return {
    ...world,
    steps,
    opened,
    failed,
    saved,
    async run(...values: [key: string, value: string][]) {
      await world.until(
        world.log.append(
          topics.interactions,
          values.map(([key, value]) => ({ key, value: bytes(value) })),
        ),
      )
      void runStage({ stage, openStates, context: () => undefined, log, store, clock: world.clock, meter })
      await world.rest()
    },
    records: (topic: string) => world.simLog.topic(topic).all(),
    committed: () => world.simLog.groups.get('adding')?.committed[0],
  }
}

describe('a batch', () => {
  test('is emitted, then written, then saved, then committed', async () => {
    const { run, steps, saved, records, committed } = setUp()
    await run(['a', '1'], ['b', '2'], ['a', '3'])
    const first = steps.slice(0, 3)
    expect(first).toEqual(['append history', 'put items', 'save'])
    expect(Object.fromEntries(saved)).toEqual({ a: 4, b: 2 })
    expect(records(topics.history).map(({ key, value }) => [key, text(value)])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '4'],
    ])
    expect(committed()).toBe(3)
  })

  test.each(['append history', 'put items', 'save'])(
    'is given again when "%s" fails, with states opened anew',
    async (name) => {
      const { run, saved, opened, failed, committed } = setUp(adding, { [name]: 2 })
      await run(['a', '5'])
      expect(saved.get('a')).toBe(5)
      expect(failed).toEqual([`${name} failed`, `${name} failed`])
      expect(opened).toHaveLength(3)
      expect(committed()).toBe(1)
    },
  )

  test('of a partition that has moved to another worker leaves no trace', async () => {
    const { run, steps, failed, saved } = setUp(adding, { owned: 1 })
    await run(['a', '5'])
    expect(failed).toEqual(['adding: partition 0 has moved to another worker'])
    expect(steps).toEqual(['append history', 'put items', 'save']) // of the second time alone
    expect(saved.get('a')).toBe(5)
  })
})

test('if the offsets of a partition go back, its states are opened again: the topic was recreated', async () => {
  const { log, store, clock, until } = aQuietWorld()
  let handle: BatchHandler = () => Promise.reject(new Error('not consumed yet'))
  let opened = 0
  const openStates: OpenStates<number> = () => {
    opened++
    return { load: async () => new Map(), save: async () => {} }
  }
  const consuming: EventLog = {
    ...log,
    consume: async (_, given) => {
      handle = given
      return { ended: new Promise(() => {}), stop: async () => {} }
    },
  }
  const meter = { failed: () => {}, done: () => {} } as unknown as StageMeter
  await until(runStage({ stage: adding, openStates, context: () => undefined, log: consuming, store, clock, meter }))
  const give = (...offsets: number[]) => {
    const shared = { topic: topics.interactions, partition: 0 }
    const records = offsets.map((offset) => {
      return { ...shared, offset, key: 'a', value: bytes('1'), appendedAt: 0, headers: {} }
    })
    const rest = { generation: 1, isOwned: () => true, readAhead: () => [], commitBefore: () => {} }
    return until(handle({ ...shared, ...rest, records }))
  }
  await give(7, 8)
  await give(9)
  expect(opened).toBe(1)
  await give(0)
  expect(opened).toBe(2)
})

describe('a record that no stage can take', () => {
  test('may be a whole batch of the log: it is set aside as bytes, undecoded', async () => {
    const world = setUp(adding, {}, (record) =>
      record.key === 'batch' ? { ...record, undecodable: 'of an unknown codec' } : record,
    )
    await world.run(['batch', '1'], ['a', '2'])
    expect(world.saved).toEqual(new Map([['a', 2]]))
    const [dead] = world.records(topics.deadLetter)
    expect(dead).toMatchObject({
      value: bytes('1'),
      headers: { 'dead-reason': 'batch: of an unknown codec', 'dead-cut': 'batch', 'dead-offset': '0' },
    })
  })

  test('is set aside with the reason and the place it came from, and the others go on', async () => {
    const { run, records, saved, committed } = setUp()
    await run(['a', '1'], ['a', 'one'], ['b', '-1'], ['a', '2'])
    expect(saved).toEqual(new Map([['a', 3]]))
    expect(committed()).toBe(4)
    const dead = records(topics.deadLetter).map(({ key, value, headers }) => ({ key, value: text(value), ...headers }))
    const place = { 'dead-stage': 'adding', 'dead-topic': 'interactions', 'dead-partition': '0' }
    expect(dead).toEqual([
      { key: 'a', value: 'one', ...place, 'dead-offset': '1', 'dead-reason': 'expected a number, got one' },
      { key: 'b', value: '-1', ...place, 'dead-offset': '2', 'dead-reason': 'expected a number from 0 on' },
    ])
  })
})

describe('a record with an outcome that cannot be encoded', () => {
  const encode = (sum: number) => () => {
    if (sum === 13) throw new RangeError('expected a sum other than 13')
    return bytes(String(sum))
  }
  const unlucky: Stage<number, number, undefined> = {
    ...adding,
    run: (number, { key, position }, before) => {
      const sum = (before ?? 0) + number
      const writeTimestamp = BigInt(position.offset)
      return {
        state: sum,
        rows: [{ table: tables.items, partition: key, value: bytes(String(sum)), writeTimestamp }],
        emits: [
          { topic: topics.outcomes, key, value: () => bytes('seen') },
          { topic: topics.history, key, value: encode(sum) },
        ],
      }
    },
  }
  const atOnce: Stage<number, number, undefined> = {
    ...unlucky,
    runMany: (numbers, before) => {
      const state = numbers.reduce((sum, number) => sum + number, before ?? 0)
      return { state, emits: [{ topic: topics.history, key: 'a', value: encode(state) }] }
    },
  }

  test.each([
    ['one by one', unlucky],
    ['together', atOnce],
  ])('is a dead letter and does not count, where records are decided on %s', async (_, stage) => {
    const { run, records, saved, committed } = setUp(stage)
    await run(['a', '10'], ['b', '1'], ['a', '3'], ['b', '2'])
    expect(Object.fromEntries(saved)).toEqual({ a: 10, b: 3 })
    const [dead, ...more] = records(topics.deadLetter)
    expect(dead!.headers).toMatchObject({ 'dead-offset': '2', 'dead-reason': 'expected a sum other than 13' })
    expect(more).toEqual([])
    expect(records(topics.history).map(({ value }) => text(value))).toEqual(['10', '1', '3'])
    expect(records(topics.outcomes)).toHaveLength(stage === unlucky ? 3 : 0)
    expect(committed()).toBe(4)
  })
})

describe('a slice', () => {
  test('is divided where the states of its keys take too many bytes, and each record is run once, in order', async () => {
    const stage = { ...adding, stateBytes: () => sliceStateBytesMax / 3 }
    const { run, steps, saved, records } = setUp(stage)
    const keys = Array.from({ length: 8 }, (_, k) => `key-${k}`)
    for (const key of keys) saved.set(key, 10)
    await run(
      ...keys.flatMap((key): [string, string][] => [
        [key, '1'],
        [key, 'bad'],
      ]),
      ['key-0', '5'],
    )
    expect(Object.fromEntries(saved)).toEqual({ ...Object.fromEntries(keys.map((key) => [key, 11])), 'key-0': 16 })
    expect(records(topics.history)).toHaveLength(9)
    expect(records(topics.deadLetter)).toHaveLength(8)
    expect(steps.filter((step) => step === 'save').length).toBeGreaterThanOrEqual(3)
  })

  test('of one key is run whatever its state takes', async () => {
    const { run, saved } = setUp({ ...adding, stateBytes: () => 2 * sliceStateBytesMax })
    saved.set('a', 1)
    await run(['a', '1'], ['a', '2'])
    expect(saved.get('a')).toBe(4)
  })

  test('encodes on a compacted topic the newest emit of a key alone', async () => {
    const encoded: string[] = []
    const value = (sum: number) => () => {
      encoded.push(String(sum))
      return bytes(String(sum))
    }
    const stage: Stage<number, number, undefined> = {
      ...adding,
      run: (number, { key }, before) => {
        const state = (before ?? 0) + number
        return { state, emits: [{ topic: topics.userVectors, key, value: value(state) }] }
      },
    }
    const { run, records } = setUp(stage)
    await run(['a', '1'], ['b', '7'], ['a', '2'], ['a', '3'])
    expect(encoded.toSorted()).toEqual(['6', '7'])
    expect(records(topics.userVectors).map(({ key, value }) => [key, text(value)])).toEqual([
      ['a', '6'],
      ['b', '7'],
    ])
  })
})

describe('a stage that conflates', () => {
  test('runs of each key the record that is newest by meaning, wherever it stands in the batch', async () => {
    const { run, records } = setUp({ ...adding, conflateBy: ({ value }) => BigInt(text(value)!) })
    await run(['a', '7'], ['a', '9'], ['b', '1'], ['a', '8'])
    const emitted = records(topics.history).map(({ key, value }) => `${key} ${text(value)}`)
    expect(emitted).toContain('a 9')
    expect(emitted).toContain('b 1')
    expect(emitted).not.toContain('a 7')
  })
})

describe('what follows from a record', () => {
  test('carries on its birth time', async () => {
    const world = setUp()
    const headers = { born: '1234' }
    await world.until(world.log.append(topics.interactions, [{ key: 'a', value: bytes('1'), headers }]))
    await world.run()
    expect(world.records(topics.history)[0]!.headers).toEqual(headers)
  })
})
