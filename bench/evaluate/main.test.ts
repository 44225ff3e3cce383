import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runToEnd } from '../../test/support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['no column for a field', 'user,item\nu,i\n', 'no column for type'],
  ['a time that may be two', 'user,item,type,timestamp\nu,i,view,1/2/2026 8:00\n', 'set --dates dmy or --dates mdy'],
  ['no such file', undefined, 'no such file'],
  ['bytes that are not the encoding', Buffer.from([0x75, 0xe9, 0x0a, 0xe9]), '--encoding'],
])('a file is refused in one line: %s', async (_, content, message) => {
  const file = join(folder, 'events.csv')
  rmSync(file, { force: true })
  if (content !== undefined) writeFileSync(file, content)
  const { code, output } = await runToEnd(['dist/bench/evaluate/main.js', '--events', file])
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^evaluate: /)])
  expect(output).toContain(message)
})

test.each([
  [['--queries', '0'], "option '--queries <n>' argument '0' is invalid. expected a whole number of at least 1"],
  [['--every', 'x'], "option '--every <n>' argument 'x' is invalid"],
  [['--freshness', 'live,10x'], 'evaluate: freshness: expected live, nightly, frozen or seconds like 10s, got "10x"'],
  [['--methods', 'untrained'], 'evaluate: expected scored events in the last fifth of the log, got none of 1 events'],
])('an evaluation of nothing is refused: %s', async (options, message) => {
  const file = join(folder, 'one.csv')
  writeFileSync(file, 'user,item,type,timestamp\nu,i,view,2026-01-01T00:00:00Z\n')
  const { code, output } = await runToEnd(['dist/bench/evaluate/main.js', '--events', file, ...options])
  expect(code).toBe(1)
  expect(output).toContain(message)
})
