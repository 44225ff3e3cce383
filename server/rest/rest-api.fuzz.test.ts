import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aList, ranked } from '../../test/support/builders.ts'
import { RestClient } from '../../test/support/rest-client.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

/** More by FUZZ_REQUESTS; a failing run prints its seed, FUZZ_SEED repeats it. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 600)
const seed = Number(process.env.FUZZ_SEED ?? 1)

let harness: Harness
let rest: RestClient
const logged: string[] = []
beforeAll(async () => {
  const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
  harness = await startHarness({ logger })
  await harness.putItems({ id: 'a' }, { id: 'b', categories: ['x'] })
  await harness.publishList('u', aList({ offset: 1, unseen: ranked('a', 'b') }))
  rest = await RestClient.connect(harness.url)
})
afterAll(() => harness.close())

const scalar = fc.oneof(
  fc.constantFrom(
    'a',
    'u',
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    'true',
    'VIEW',
    'DAY',
    '2026-01-01T00:00:00Z',
    '\ud800',
    '🙂',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.integer().map(String),
  fc.double().map(String),
)
const json = fc.oneof(
  { weight: 2, arbitrary: scalar },
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.record({ itemId: scalar, userId: scalar, type: scalar, id: scalar, title: scalar }), { maxLength: 3 }),
)

test('whatever is asked, the answer is one that the document describes, and no fault of the server', {
  timeout: 120_000 + requests * 300,
}, async () => {
  const operations = Object.entries(rest.document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const property = fc.asyncProperty(
    fc.constantFrom(...operations),
    fc.array(scalar, { minLength: 8, maxLength: 8 }),
    fc.array(json, { minLength: 8, maxLength: 8 }),
    async ({ path, method, operation }, texts, values) => {
      const names = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
      const query = Object.fromEntries(
        texts
          .slice(1)
          .map((text, n) => [names[n] ?? `x${n}`, text])
          .slice(0, 3),
      )
      const inBody = Object.keys(operation.requestBody?.content['application/json'].schema.properties ?? {})
      const body = Object.fromEntries(values.map((value, n) => [inBody[n] ?? 'other', value]).slice(0, inBody.length))
      const id = encodeURIComponent(texts[0]!.toWellFormed()) || 'u'
      const isRead = method === 'get' || method === 'delete'
      const { status, body: answer } = await rest.call(method.toUpperCase(), path.replace(/\{\w+\}/, id), {
        query,
        ...(!isRead && { body }),
      })
      expect(status, JSON.stringify(answer) + logged.join('')).toBeLessThan(500)
    },
  )
  await fc.assert(property, { numRuns: requests, seed, endOnFailure: true })
})

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: { 'application/json': { schema: { properties: object } } } }
}
