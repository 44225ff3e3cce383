import { afterAll, expect, test } from 'vitest'
import { eventAt } from '../../engine/train/log.ts'
import { TestFiles } from '../../tools/import/testing-files.ts'
import { readLog } from './read-log.ts'

const files = new TestFiles()
afterAll(() => files.remove())

test('reads what the importer reads: other names of events, columns, delimiters, times and encodings', async () => {
  const events = files.write(
    'events.csv',
    Buffer.from(
      [
        'visitor_id;event;item id;event_time',
        'ann;transaction;café;2026-10-01 08:15:02 UTC',
        'ann;addtocart;café;2026-10-01 08:15:01 UTC',
        'bob;buy;tent;1790842503000000',
        'bob;return;tent;1790842504',
        'NaN;view;tent;1790842505',
      ].join('\r\n'),
      'latin1',
    ),
  )
  const items = files.write('items.csv', 'id,title,category\ncafé,Coffee,Drinks|Hot\ncafé,Café,Drinks|Hot\n')
  const refused: string[] = []
  const log = await readLog(
    { events, items },
    { events: { encoding: 'windows-1252' }, onBad: (_, line, reason) => refused.push(`${line}: ${reason}`) },
  )
  const read = Array.from({ length: log.size }, (_, n) => eventAt(log, n))
  expect(read.map(({ userId, itemId, type, timestamp }) => [userId, itemId, type, timestamp])).toEqual([
    ['ann', 'café', 'CART', Date.parse('2026-10-01T08:15:01Z')],
    ['ann', 'café', 'PURCHASE', Date.parse('2026-10-01T08:15:02Z')],
    ['bob', 'tent', 'PURCHASE', Date.parse('2026-10-01T08:15:03Z')],
  ])
  expect(refused).toEqual(['6: user: expected an id, got "NaN", which means no value'])
})

test('a file that needs an option is refused with it', async () => {
  const events = files.write('zone.csv', 'user,item,type,timestamp\nann,p1,view,2026-10-01 08:15\n')
  await expect(readLog({ events, items: null })).rejects.toThrow('--zone UTC')
})
