import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { AppError } from '../../schema/app-error.ts'
import { toMs } from '../../schema/records/item.ts'
import { toEventRecords } from '../../server/ingest/events.ts'
import { toItemRecords } from '../../server/ingest/items.ts'
import { FileError } from './file-error.ts'
import { isNothing } from './parse-id.ts'
import { TestFiles } from './testing-files.ts'

/** More by FUZZ_FILES; a failing run prints its seed, FUZZ_SEED repeats it. */
const numRuns = Number(process.env.FUZZ_FILES ?? 300)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const timeout = 60_000 + numRuns * 200
const files = new TestFiles()
afterAll(() => files.remove())

const at = Date.now()
const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'user',
    'item',
    'type',
    'view',
    'price',
    '"',
    '""',
    "'1",
    '1e999',
    '-1',
    '2026-02-30',
    '1,5',
    'NaN',
    '{',
    '[',
  ),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double().map(String),
)
const text = fc
  .tuple(
    fc.constantFrom('', 'user,item,type,timestamp', 'id;title;price;published', 'user\titem\ttype', '{"user":1}'),
    fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 }),
    fc.constantFrom(',', ';', '\t', '|', '::'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([head, rows, delimiter, end]) => [head, ...rows.map((row) => row.join(delimiter))].join(end))
const bytes = fc.oneof(
  text.map((one) => Buffer.from(one)),
  text.map((one) => Buffer.from(one, 'utf16le')),
  text.map((one) => Buffer.from(one, 'latin1')),
  text.map((one) => gzipSync(one)),
  fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
  fc.json().map((one) => Buffer.from(one)),
)

test('whatever a file holds, it is refused as a file, or its rows are read; the server refuses none that is sent', {
  timeout,
}, async () => {
  const property = fc.asyncProperty(bytes, fc.boolean(), async (content, loose) => {
    const options = loose ? ({ now: true, type: 'VIEW', zone: 'UTC', dates: 'dmy', at } as const) : { at }
    try {
      for (const outcome of await files.events('fuzz', content, options)) {
        if ('input' in outcome) accepts(() => toEventRecords([withTime(outcome.input)], { now: at, currency: 'EUR' }))
      }
    } catch (error) {
      expect(error).toBeInstanceOf(FileError)
    }
    try {
      for (const outcome of await files.items('fuzz', content, options)) {
        if ('input' in outcome) {
          const { publishedAt, availableFrom, availableUntil, ...item } = outcome.input
          const [published, from, until] = [publishedAt, availableFrom, availableUntil].map(toMs)
          const times = { publishedAt: published, availableFrom: from, availableUntil: until }
          accepts(() => toItemRecords([{ ...item, ...times }]))
        }
      }
    } catch (error) {
      expect(error).toBeInstanceOf(FileError)
    }
  })
  await fc.assert(property, { numRuns, seed, endOnFailure: true })
})

const withTime = <Event extends { timestamp?: string }>({ timestamp, ...event }: Event) => ({
  ...event,
  ...(timestamp !== undefined && { timestamp: Date.parse(timestamp) }),
})

function accepts(check: () => void): void {
  try {
    check()
  } catch (error) {
    expect.fail(error instanceof AppError ? error.message : String(error))
  }
}

/** As text in a cell: without what quotation marks around it would change. */
const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
  fc.stringMatching(/^[A-Za-z0-9][a-z ,;'"]{0,20}$/), // spaces at the end too: inside quotation marks they are kept
  fc.stringMatching(/^[A-Za-z0-9_.+'"-]{1,30}$/),
  fc.constantFrom('1e3', '00012', '17850.0', '1.5E+10', '-1', '0', "'0012", '9007199254740993'),
)

test('an id is imported character by character, or its row is refused', { timeout }, async () => {
  const property = fc.asyncProperty(fc.array(fc.tuple(id, id), { minLength: 2, maxLength: 8 }), async (pairs) => {
    const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`
    const shapes: [string, string][] = [
      ['a.csv', `user,item\n${pairs.map((pair) => pair.map(quoted).join(',')).join('\n')}\n`],
      ['a.tsv', `user\titem\n${pairs.map((pair) => pair.map(quoted).join('\t')).join('\n')}\n`],
      ['a.jsonl', pairs.map(([user, item]) => JSON.stringify({ user, item })).join('\n')],
    ]
    for (const [name, content] of shapes) {
      const options = { now: true, type: 'VIEW', spreadsheetIds: 'keep' } as const
      const outcomes = await files.events(name, content, options).catch((error: unknown) => {
        expect(error).toBeInstanceOf(FileError) // none of the rows can be taken
        return []
      })
      for (const [n, outcome] of outcomes.entries()) {
        if ('input' in outcome) expect([outcome.input.userId, outcome.input.itemId]).toEqual(pairs[n])
        else expect(name).not.toBe('a.jsonl')
      }
    }
  })
  await fc.assert(property, { numRuns, seed, endOnFailure: true })
})

test('numbers of JSON keep every digit', { timeout }, async () => {
  const property = fc.asyncProperty(fc.array(fc.bigInt({ min: 0n, max: 2n ** 80n }), { minLength: 1 }), async (ids) => {
    const content = ids.map((one) => `{"user":${one},"item":${one}}`).join('\n')
    const outcomes = await files.events('n.jsonl', content, { now: true, type: 'VIEW' })
    expect(outcomes.map((outcome) => ('input' in outcome ? outcome.input.userId : ''))).toEqual(ids.map(String))
  })
  await fc.assert(property, { numRuns: Math.ceil(numRuns / 4), seed })
})

test('a text that means "no value" never becomes a user id', async () => {
  const words = ['NaN', 'null', 'NULL', '\\N', 'None', 'undefined', '#N/A']
  expect(words.every(isNothing)).toBe(true)
  const outcomes = await files.events('w.csv', `user,item\n${words.map((word) => `${word},p\n`).join('')}ann,p\n`, {
    now: true,
    type: 'VIEW',
  })
  expect(outcomes.filter((outcome) => 'input' in outcome)).toHaveLength(1)
})
