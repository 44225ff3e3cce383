import { afterAll, describe, expect, test } from 'vitest'
import { ColumnsError, eventColumns, itemColumns, parseMap } from './columns.ts'
import type { ReadOptions } from './reader.ts'
import { inputsOf, TestFiles } from './testing-files.ts'
import { parseTypes } from './words.ts'

const files = new TestFiles()
afterAll(() => files.remove())

const none = new Map<string, string>()
const any = { type: true, now: true }
const at = '2026-10-01T08:15:00.000Z'

describe('columns', () => {
  test.each<[string[], object]>([
    [
      ['Customer ID', 'StockCode', 'InvoiceDate', 'Quantity'],
      { user: 'Customer ID', item: 'StockCode', timestamp: 'InvoiceDate', quantity: 'Quantity' },
    ],
    [
      ['user_id:token', 'item_id:token', 'rating:float', 'timestamp:float'],
      { user: 'user_id:token', item: 'item_id:token', value: 'rating:float', timestamp: 'timestamp:float' },
    ],
    [['customer', 'product', 'amount'], { user: 'customer', item: 'product' }],
  ])('%j', (header, expected) => {
    expect(eventColumns(header, none, any)).toEqual(expected)
  })

  test('of items, several for categories, tags and availability', () => {
    expect(itemColumns(['item_id', 'title', 'category', 'subcategory', 'brand', 'In stock'], none)).toEqual({
      id: 'item_id',
      title: 'title',
      categories: ['category', 'subcategory'],
      tags: ['brand'],
      available: ['In stock'],
    })
  })

  test('others are given, and any can be taken away', () => {
    const given = parseMap('user=who,item=what,type=did,timestamp=')
    const header = ['who', 'what', 'did', 'timestamp']
    expect(eventColumns(header, given, { type: false, now: true })).toEqual({ user: 'who', item: 'what', type: 'did' })
    expect(itemColumns(['id', 'a', 'b'], parseMap('categories=a+b')).categories).toEqual(['a', 'b'])
    expect(itemColumns(['id', 'brand'], parseMap('tags=')).tags).toEqual([])
  })

  test('--type wins over a column', () => {
    expect(eventColumns(['user', 'item', 'event'], none, any)).toEqual({ user: 'user', item: 'item' })
  })

  const strict = { type: false, now: false }
  test.each([
    [
      () => eventColumns(['user', 'thing', 'type'], none, strict),
      /no column for item .*the file has user, thing, type/,
    ],
    [() => eventColumns(['who', 'what', 'type'], none, strict), /Name it by --map user=COLUMN,item=COLUMN$/],
    [() => eventColumns(['user', 'item'], none, strict), /--type PURCHASE/],
    [() => eventColumns(['user', 'item', 'rating'], none, strict), /--type RATING/],
    [
      () => eventColumns(['user', 'item', 'type', 't_dat'], none, strict),
      /no column for timestamp.*--map timestamp=COLUMN.*--now/,
    ],
    [() => eventColumns(['user', 'item'], parseMap('user=nobody'), any), /no column "nobody" for user/],
    [() => eventColumns(['user', 'item'], parseMap('users=user'), any), /no such field "users"; there are user, item/],
    [() => eventColumns(['user', 'item#1', 'item#2'], none, any), /2 columns may be item: item#1, item#2; choose one/],
    [() => eventColumns(['User ID', 'user_id', 'item'], none, any), /2 columns may be user: User ID, user_id/],
    [() => itemColumns(['number', 'title'], none), /no column for id .*Name it by --items-map id=COLUMN$/],
    [() => itemColumns(['id', 'name#1', 'name#2'], none), /2 columns may be title: .*--items-map title=name#1/],
    [() => itemColumns(['id'], parseMap('titel=name')), /--items-map: no such field "titel"/],
    [() => itemColumns(['id'], parseMap('title=name')), /--items-map: no column "name" for title/],
  ])('what is missing is said with what there is (%#)', (recognize, message) => {
    expect(recognize).toThrow(ColumnsError)
    expect(recognize).toThrow(message)
  })
})

describe('a file is refused before any row is sent', () => {
  const header = 'user,item,type,timestamp\n'
  test.each<[string, string, RegExp, ReadOptions?]>([
    [
      'without a header line',
      '1,2026-10-01T10:10:09Z,77,0\n',
      /expected column names in the first line, got 1, 2026.*--header/,
    ],
    ['without a time column', 'user,item,type\nann,p1,view\n', /no column for timestamp/],
    ['a header and no rows', 'user,item,type,timestamp\n', /has a header line and no rows/],
    ['names that are not known and no row', 'user,item,kind\n', /no column for type/],
    ['day or month', `${header}ann,p1,view,01/02/2026\n`, /line 2: timestamp: .*--dates dmy/],
    ['no zone', `${header}ann,p1,view,2026-10-01 08:15\n`, /--zone UTC/],
    ['date and time apart', 'user,item,type,time,date\nann,p1,view,08:26,2026-09-01\n', /--map timestamp=DATE\+TIME/],
    ['ids of a spreadsheet', `${header}17850.0,p1,view,2026-10-01\n`, /--spreadsheet-ids clean \(17850\)/],
    [
      'a number for the type',
      `${header}ann,p1,1,2026-10-01\nbob,p1,1,2026-10-01\n`,
      /all of the first 2 rows are invalid.*expected one of VIEW/,
    ],
  ])('%s', async (_, content, message, options) => {
    await expect(files.events('refused.csv', content, options)).rejects.toThrow(message)
  })

  test('an option is needed from the first thousand rows on, later ones are refused one by one', async () => {
    const rows = Array.from({ length: 1000 }, (_, n) => `u${n},p1,view,2026-10-01\n`).join('')
    const late = await files.events('late.csv', `${header}${rows}ann,p1,view,01/02/2026\n`)
    expect(late).toHaveLength(1001)
    expect(late.at(-1)).toMatchObject({ line: 1002, problem: expect.stringContaining('--dates') })
    const inSample = `${header}${rows.slice(rows.indexOf('\n') + 1)}ann,p1,view,01/02/2026\n`
    await expect(files.events('early.csv', inSample)).rejects.toThrow('line 1001')
  })
})

describe('events', () => {
  const read = async (content: string, options?: ReadOptions) => inputsOf(await files.events('e.csv', content, options))
  const problem = async (content: string, options?: ReadOptions) => {
    const outcomes = await files.events('p.csv', `${content}ok,ok,view,${at},1,1\n`, options)
    return 'problem' in outcomes[0]! ? outcomes[0].problem : ''
  }
  const header = 'user,item,type,timestamp,quantity,rating\n'

  test('a purchase has a quantity, and its amount of money is no rating', async () => {
    expect(await read(`${header}7,x,purchase,${at},3,9.99\n`)).toEqual([
      { userId: '7', itemId: 'x', type: 'PURCHASE', quantity: 3, timestamp: at },
    ])
  })

  test('words of the column type mean what is said', async () => {
    const rows = `${header}7,x,angesehen,${at},1,\n7,y,gekauft,${at},2,\n`
    const types = parseTypes('angesehen=VIEW,gekauft=PURCHASE')
    expect(await read(rows, { types })).toMatchObject([{ type: 'VIEW' }, { type: 'PURCHASE', quantity: 2 }])
  })

  test('ratings with a decimal comma and of another scale', async () => {
    const rows = 'user;item;rating;timestamp\nu1;p1;4,5;2026-09-01\n'
    expect(await read(rows, { type: 'RATING' })).toMatchObject([{ value: 4.5 }])
    expect(await read(rows, { type: 'RATING', starsMax: 10 })).toMatchObject([{ value: 2.25 }])
  })

  test('a quantity below 0 is a return where it is said', async () => {
    const row = `${header}7,x,purchase,${at},-6,\n`
    expect(await problem(row)).toContain('--returns imports a negative quantity as a REFUND')
    expect(await read(row, { returns: true })).toEqual([
      { userId: '7', itemId: 'x', type: 'REFUND', quantity: 6, timestamp: at },
    ])
  })

  test('a quantity of 0 counts as one', async () => {
    expect(await read(`${header}7,x,purchase,${at},0,\n`)).toEqual([
      { userId: '7', itemId: 'x', type: 'PURCHASE', timestamp: at },
    ])
  })

  test('two columns for the time, the first of two for the user', async () => {
    const content = 'id,guest,item,time,date\n,g1,p1,08:26,2026-09-01\nann,g1,p1,08:27,2026-09-01\n'
    const options = { map: 'user=id/guest,timestamp=date+time', zone: 'Europe/Berlin', type: 'VIEW' } as const
    expect(await read(content, options)).toEqual([
      { userId: 'g1', itemId: 'p1', type: 'VIEW', timestamp: '2026-09-01T06:26:00.000Z' },
      { userId: 'ann', itemId: 'p1', type: 'VIEW', timestamp: '2026-09-01T06:27:00.000Z' },
    ])
  })

  test('without times, --now leaves them to the server', async () => {
    expect(await read('user,item,type\nann,p1,view\n', { now: true })).toEqual([
      { userId: 'ann', itemId: 'p1', type: 'VIEW' },
    ])
  })

  test.each<[string, RegExp, ReadOptions?]>([
    [`7,x,teleport,${at},1,\n`, /type: expected one of VIEW/],
    [`,x,view,${at},1,\n`, /user: expected an id, got nothing/],
    [`NaN,x,view,${at},1,\n`, /user: .*"NaN", which means no value/],
    [`1.23457E+12,x,view,${at},1,\n`, /user: .*a spreadsheet rounded it/],
    [`guest,x,view,${at},1,\n`, /"guest", which --anonymous names/, { anonymous: new Set(['guest', '0']) }],
    [`7,"a\nb",view,${at},1,\n`, /item: expected an id, got 2 lines: is a quotation mark missing/],
    [`7,x,rating,${at},1,7\n`, /value: expected a number from 0 to 5, got "7"; .*--stars-max 10/],
    [`7,x,view,${at},1.5,\n`, /quantity: expected a whole number of at least 1, got "1.5"/],
    [`7,x,view,${at},1000001,\n`, /quantity: .*1000000/],
    ['7,x,view,,1,\n', /timestamp: expected a time, got nothing; --now/],
    ['7,x,view,1969-12-31,1,\n', /a time since 1970/],
    ['7,x,view,2099-01-01,1,\n', /at most 5 minutes in the future/],
    ['7,x,view,2026-02-30,1,\n', /a day that exists/],
  ])('%s', async (row, message, options) => {
    expect(await problem(`${header}${row}`, options)).toMatch(message)
  })

  test('64-bit ids of JSON keep their digits, and strings are kept as they are', async () => {
    const line = (user: string, item: string) =>
      `{"user_id":${user},"item_id":${item},"event":"view","ts":1790842500}\n`
    const content = line('9007199254740993', '7300000000000000001') + line('"null"', '"1024.0"')
    expect(inputsOf(await files.events('a.jsonl', content))).toMatchObject([
      { userId: '9007199254740993', itemId: '7300000000000000001', timestamp: at },
      { userId: 'null', itemId: '1024.0' },
    ])
  })
})
