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
