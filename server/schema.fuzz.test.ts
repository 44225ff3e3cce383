import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dice } from '../test/simulator/dice.ts'
import { postStream } from '../test/support/event-stream.ts'
import { SchemaGrammar, type ValidRequest } from '../test/support/schema-grammar.ts'
import type { Harness } from '../test/support/server-harness.ts'
import { eventually } from '../test/support/start-process.ts'
import { startWholeSystem } from '../test/support/whole-system.ts'

/** More by FUZZ_REQUESTS; a failing run prints its seed, FUZZ_SEED repeats it. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 400)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const inFlight = 8

/** Commands that take their time, and are answered when they are done. */
const slow = ['rebuildUsers', 'refreshRecommendations', 'retrain', 'rollBackModel', 'replayDeadLetters', 'setDemo']
/** Answers of a server that is asked for more than it does at a time: not of this test. */
const busy = ['RATE_LIMITED', 'UNAVAILABLE']

const rules = [
  'pins: [{ item: a, position: 1, when: { placement: home, from: "2020-01-01", until: "2999-01-01" } }]',
  'fatigue: { after: 1, within: 1m, factor: 0 }',
  'boosts: [{ category: x, factor: 1e308 }]',
  'experiments: [{ name: e, variants: [{ name: c, share: 1 }] }]',
  'exploration: 1',
  'pins: [{ item: "\ud83d", position: 1 }]',
  '{}',
]

let shop: Harness
const logged: string[] = []
beforeAll(async () => {
  const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
  shop = await startWholeSystem({ logger })
  await shop.putItems({ id: 'a' }, { id: 'b', categories: ['x'], groupId: 'g' }, { id: 'c', groupId: 'g', price: 1 })
})
afterAll(() => shop.close())

const grammar = new SchemaGrammar(buildSchema(readFileSync('schema/schema.graphql', 'utf8')), {
  ids: [
    'a',
    'b',
    'c',
    'u',
    'v',
    'guest',
    'nobody',
    '',
    '💥',
    '__proto__',
    '\u0000',
    '\ud83d',
    'é'.repeat(128),
    'x'.repeat(300),
  ],
  strings: [
    'home',
    'for-you',
    'x',
    'g',
    '',
    '__proto__',
    '💥',
    '\ud83d',
    '1'.repeat(2000),
    'lAGRk6hTR3NDZjNPVAAFkZOoWndDR25JXzMABcA',
    ...rules,
  ],
})

test('whatever is asked that is valid by the schema, the answer is no server error, and every stage can take what was accepted', {
  timeout: 120_000 + requests * 200,
}, async () => {
  const dice = new Dice(seed)
  let answered = 0
  for (let n = 0; n < requests; n += inFlight) {
    const withData = await Promise.all(
      Array.from({ length: inFlight }, () =>
        postOne(grammar.request(dice, dice.chance(0.4) ? 'mutation' : 'query', slow)),
      ),
    )
    answered += withData.filter(Boolean).length
  }
  expect(answered).toBeGreaterThan(requests / 4)
  const { data } = await shop.ask(
    'mutation { recordEvents(events: [{ userId: "last", itemId: "a", type: VIEW, eventId: "last" }]) { token } }',
  )
  const caught = async () => {
    const answer = await shop.ask(
      'query ($t: String) { recommendations(userId: "last", after: $t, timeoutMs: 10000) { causedByEventId } }',
      { t: data.recordEvents.token },
    )
    return answer.data?.recommendations?.causedByEventId === 'last'
  }
  await eventually(caught, 300)
  expect((await shop.ask('{ deadLetters { reason value } }')).data.deadLetters).toEqual([])
  expect(logged).toEqual([])
})

test('whatever is watched that is valid by the schema, a socket and an event stream begin with a result or a refusal, and end', {
  timeout: 120_000 + requests * 200,
}, async () => {
  const dice = new Dice(seed)
  const open = async () =>
    /^pickstream_subscribers (\d+)$/m.exec(await (await fetch(new URL('/metrics', shop.url))).text())
  let begun = 0
  for (let n = 0; n < requests / 4; n++) {
    const request = grammar.request(dice, 'subscription')
    if (request.query.includes('sinceRevision')) continue // begins with nothing where no list is newer
    const watcher = shop.watch(request.query, request.variables)
    const stream = await postStream(`${shop.url}/stream`, request)
    const { errors } = await watcher.message(0)
    for (const { message, extensions } of errors ?? []) {
      expect([...busy, 'BAD_USER_INPUT'], `${JSON.stringify(request)}: ${message}`).toContain(extensions?.code)
    }
    if (errors === undefined) begun++
    expect([200, 400, 429, 503], JSON.stringify(request)).toContain(stream.response.status)
    if (stream.response.status === 200) expect(await stream.next()).toBeDefined()
    watcher.stop()
    stream.close()
  }
  expect(begun).toBeGreaterThan(requests / 40)
  await eventually(async () => Number((await open())?.[1]) === 0, 100)
  expect(logged).toEqual([])
})

/** @returns whether the answer has no error */
async function postOne(one: ValidRequest): Promise<boolean> {
  const response = await shop.post(one)
  const text = await response.text()
  const { errors = [] } = JSON.parse(text, wellFormed) as {
    errors?: { message: string; extensions: { code: string } }[]
  }
  if (errors.some(({ extensions }) => busy.includes(extensions.code))) return false
  expect(response.status, `${JSON.stringify(one)}: ${text}${logged.join('')}`).toBeLessThan(500)
  for (const { message, extensions } of errors) {
    expect(extensions.code, `${JSON.stringify(one)}: ${message}${logged.join('')}`).toBe('BAD_USER_INPUT')
  }
  return errors.length === 0
}

function wellFormed(_key: string, one: unknown): unknown {
  if (typeof one === 'string') expect(one.isWellFormed(), JSON.stringify(one)).toBe(true)
  return one
}
