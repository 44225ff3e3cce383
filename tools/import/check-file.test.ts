import { afterAll, expect, test } from 'vitest'
import { checkFile } from './check-file.ts'
import { asksFirst, CheckedFile, largeBytes } from './confirm.ts'
import { type ReadOptions, readEvents } from './reader.ts'
import { TestFiles } from './testing-files.ts'
import type { EventInput } from './to-input.ts'

const files = new TestFiles()
afterAll(() => files.remove())

const check = async (content: string, options: ReadOptions = {}) => {
  const file = files.write('events.csv', content)
  const report = await checkFile(file, readEvents(file, options), (input) => ({
    user: (input as EventInput).userId,
    item: (input as EventInput).itemId,
  }))
  return { ...report, text: report.lines.join('\n') }
}

test('prints what each column was taken for, five rows as understood, and refusals by reason', async () => {
  const rows = Array.from({ length: 10 }, (_, n) => `u${n},p1,view,2026-10-01,9.99`)
  const bad = ['NaN,p1,view,2026-10-01,1', 'NULL,p1,view,2026-10-01,1', 'ann,p1,fly,2026-10-01,1']
  const { text, accepted, refused } = await check(['buyer,sku,type,timestamp,amount', ...rows, ...bad].join('\n'), {
    map: 'user=buyer',
  })
  expect({ accepted, refused }).toEqual({ accepted: 10, refused: 3 })
  expect(text).toMatch(/user +buyer\n +item +sku\n/)
  expect(text).toMatch(/not used +amount/)
  expect(text.match(/^ {2}line \d+: \{.*"userId":"u\d"/gm)).toHaveLength(5)
  expect(text).toContain('10 rows would be accepted\n3 rows would be refused:')
  expect(text).toContain(
    '2 × user: expected an id, got "NaN", which means no value (first: line 12)\n      received: "NaN" (1), "NULL" (1)',
  )
  expect(text).toContain('1 × type: expected one of VIEW')
})

test('names the received values of a rule, the most frequent first, so that all unknown words show in one run', async () => {
  const words = ['look', 'buy it', 'look', 'a', 'b', 'c', 'd', 'look', 'buy it']
  const { text } = await check(['user,item,type', ...words.map((word) => `u,i,${word}`)].join('\n'), { now: true })
  expect(text).toContain('      received: "look" (3), "buy it" (2), "a" (1), "b" (1), "c" (1), …')
})

test('a file that an option would help is reported too, not refused', async () => {
  const { text, refused } = await check('user,item,type,timestamp\nann,p1,view,01/02/2026\n')
  expect(refused).toBe(1)
  expect(text).toContain('set --dates dmy or --dates mdy')
})

test('says how many events have a quantity of 0', async () => {
  const { text } = await check('user,item,type,timestamp,quantity\nann,p1,purchase,2026-10-01,0\n')
  expect(text).toContain('Please check:\n  events with a quantity of 0, which counts as 1: 1')
})

test('names ids that are probably one, and an id that is probably nobody', async () => {
  const twins = ['tent', 'TENT', '"tent "', 'te\u200bnt', 'Zürich', 'Zu\u0308rich', 'fin', 'ﬁn', 'ß', 'ss']
  const rows = [...twins.map((item) => `ann,${item}`), ...Array.from({ length: 190 }, (_, n) => `${n < 50 ? 0 : n},p1`)]
  const { text, refused } = await check(`user,item\n${rows.join('\n')}\n`, { type: 'VIEW', now: true })
  expect(refused).toBe(0)
  expect(text).toMatch(/6 item ids differ .* and stay different: "tent" and "TENT", "tent" and "tent "/)
  expect(text).toMatch(/user "0" has 25 % of the events; .*--anonymous/)
})

test('the first import of a large file on a terminal asks', () => {
  const first = { terminal: true, bytes: largeBytes, yes: false, checkedBefore: false }
  expect(asksFirst(first)).toBe(true)
  expect(asksFirst({ ...first, bytes: largeBytes - 1 })).toBe(false)
  expect(asksFirst({ ...first, terminal: false })).toBe(false)
  expect(asksFirst({ ...first, yes: true })).toBe(false)
  expect(asksFirst({ ...first, checkedBefore: true })).toBe(false)
  const checked = new CheckedFile(`${files.folder}/some/checkpoint`)
  expect(checked.before).toBe(false)
  checked.remember()
  expect(checked.before).toBe(true)
})
