import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeCommand, encodeOutcome, encodeServing, outcomeKey, servingKey } from '../../schema/records/model.ts'
import { encodeSpan } from '../../schema/records/span.ts'
import { encodeStageReport } from '../../schema/records/stage-status.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

/** Asks until the answer is as expected: what is followed arrives a moment after it was appended. */
async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('rules', () => {
  const rules = async () => (await harness.ask('{ rules { version source } }')).data.rules

  test('none at first; what is put applies, and its version rises', async () => {
    expect(await rules()).toEqual({ version: 0, source: '' })
    const put = 'mutation($source: String!) { putRules(source: $source) { version source } }'
    const source = 'boosts: [{ tag: sale, factor: 2 }]\n'
    expect((await harness.ask(put, { source })).data.putRules).toEqual({ version: 1, source })
    expect(await eventually(rules, ({ version }) => version === 1)).toEqual({ version: 1, source })
    expect((await harness.ask('{ pipeline { rulesVersion } }')).data.pipeline).toEqual({ rulesVersion: 1 })
  })

  test('rules that are not valid are refused by path and value, and change nothing', async () => {
    const before = await rules()
    const { errors } = await harness.ask('mutation { putRules(source: "exploration: 3") { version } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'rules.exploration' }] })
    expect(errors?.[0]?.extensions.issues[0].message).toContain('got 3')
    expect(await rules()).toEqual(before)
  })

  test('a dry run only checks', async () => {
    const before = await rules()
    const { data } = await harness.ask('mutation { putRules(source: "exploration: 0.1", dryRun: true) { version } }')
    expect(data.putRules.version).toBe(before.version)
    expect(await rules()).toEqual(before)
  })
})

describe('dead letters', () => {
  const fields = '{ id stage source reason value }'

  test('are listed newest first, page by page, and replayed to where they came from', async () => {
    const dead = (n: number) => ({
      key: 'ada',
      value: Buffer.from(`{"n":${n}}`),
      headers: {
        born: '1',
        'dead-topic': topics.interactions,
        'dead-partition': '0',
        'dead-offset': String(n),
        'dead-stage': 'embed',
        'dead-reason': `no such kind ${n}`,
      },
    })
    await harness.log.append(topics.deadLetter, [dead(1), dead(2), dead(3)])
    const first = (await harness.ask(`{ deadLetters(first: 2) ${fields} }`)).data.deadLetters
    expect(first.map(({ value }: { value: string }) => value)).toEqual(['{"n":3}', '{"n":2}'])
    expect(first[0]).toMatchObject({ stage: 'embed', source: 'interactions/0/3', reason: 'no such kind 3' })
    const rest = (await harness.ask(`{ deadLetters(first: 2, before: "${first[1].id}") ${fields} }`)).data.deadLetters
    expect(rest.map(({ value }: { value: string }) => value)).toEqual(['{"n":1}'])

    const [end] = await harness.log.endOffsets(topics.interactions)
    expect((await harness.ask(`mutation { replayDeadLetters(ids: ["${first[0].id}"]) }`)).data.replayDeadLetters).toBe(
      1,
    )
    const [replayed] = await harness.log.read(topics.interactions, 0, end!, 1)
    expect(replayed).toMatchObject({ key: 'ada', headers: { born: '1' } })
    expect(Object.keys(replayed!.headers)).toEqual(['born'])
    expect(Buffer.from(replayed!.value!).toString()).toBe('{"n":3}')
  })

  test('one that is not there is named', async () => {
    const { errors } = await harness.ask('mutation { replayDeadLetters(ids: ["999"]) }')
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    expect(
      (await harness.ask('mutation { replayDeadLetters(ids: ["x"]) }')).errors?.[0]?.extensions.issues[0].path,
    ).toBe('ids[0]')
  })
})

test('an event that is followed shows its spans in their order', async () => {
  const span = (name: string, spanId: string, startMs: number, attributes = {}) => ({
    key: 't1',
    value: encodeSpan({
      traceId: 't1',
      spanId,
      parentSpanId: null,
      name,
      service: 's',
      startMs,
      endMs: startMs + 1,
      attributes,
    }),
  })
  await harness.log.append(topics.spans, [span('embed', 'b', 1003), span('record', 'a', 1000, { eventId: 'e-1' })])
  const ask = async () =>
    (await harness.ask('{ eventTraces(eventId: "e-1") { eventId spans { name startMs endMs } } }')).data.eventTraces
  const [trace] = await eventually(ask, (found) => found.length === 1)
  expect(trace.spans).toEqual([
    { name: 'record', startMs: 0, endMs: 1 },
    { name: 'embed', startMs: 3, endMs: 4 },
  ])
})

test('quality is added up over instances by hour', async () => {
  const hour = Date.parse('2026-05-01T10:00:00Z')
  const report = (instance: string, scored: number, hits: number) => ({
    key: `quality/${instance}`,
    value: encodeStageReport({
      stage: 'quality',
      instance,
      reportedAt: Date.now(),
      processedPerSecond: 0,
      p50Ms: 0,
      p99Ms: 0,
      processed: 0,
      deadLetters: 0,
      quality: [{ hour, scored, hits, reciprocalRanks: hits / 2 }],
    }),
  })
  await harness.log.append(topics.stageStatus, [report('a', 30, 6), report('b', 10, 2)])
  const ask = async () => (await harness.ask('{ quality { hour scored hitRate meanReciprocalRank } }')).data.quality
  const quality = await eventually(ask, (found) => found[0]?.scored === 40)
  expect(quality).toEqual([{ hour: '2026-05-01T10:00:00.000Z', scored: 40, hitRate: 0.2, meanReciprocalRank: 0.1 }])
})

test('models that are kept are listed with the one that serves, and can be served again', async () => {
  const model = (version: number) =>
    encodeServing({
      version,
      trainedAt: 1,
      events: 1,
      users: 1,
      items: 1,
      chunks: 1,
      validation: null,
      commandId: null,
    })
  await harness.log.append(topics.models, [
    { key: 'version/1', value: model(1) },
    { key: 'version/2', value: model(2) },
    { key: servingKey, value: model(2) },
  ])
  const ask = async () => (await harness.ask('{ models { version serving } }')).data.models
  expect(await eventually(ask, (found) => found.length === 2)).toEqual([
    { version: 2, serving: true },
    { version: 1, serving: false },
  ])

  const following = await harness.log.follow({ topic: topics.commands, from: 'end' }, async ([record]) => {
    const command = decodeCommand(record!.value!)
    const outcome = { commandId: command.id, published: command.kind === 'roll-back', reason: null, version: 1 }
    await harness.log.append(topics.models, [{ key: outcomeKey(command.id), value: encodeOutcome(outcome) }])
  })
  expect((await harness.ask('mutation { rollBackModel(version: 1) { done reason } }')).data.rollBackModel.done).toBe(
    true,
  )
  await following.stop()

  // No trainer runs from here on: an unknown version is refused without one.
  const { data } = await harness.ask('mutation { rollBackModel(version: 7) { done reason } }')
  expect(data.rollBackModel).toEqual({ done: false, reason: 'expected a version that is kept (2, 1), got 7' })
})

test('the simulated shoppers are told what to do', async () => {
  const { data } = await harness.ask(
    'mutation { setDemo(paused: true, eventsPerSecond: 9) { paused eventsPerSecond } }',
  )
  expect(data.setDemo).toEqual({ paused: true, eventsPerSecond: 9 })
  const ask = async () => (await harness.ask('{ demo { paused eventsPerSecond } }')).data.demo
  expect(await eventually(ask, (demo) => demo.paused)).toEqual({ paused: true, eventsPerSecond: 9 })
  const { errors } = await harness.ask('mutation { setDemo(paused: false, eventsPerSecond: -1) { paused } }')
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
})
