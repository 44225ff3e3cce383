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

describe('exports of trackers', () => {
  test('Google Analytics 4, flat', async () => {
    const content = `event_date,event_timestamp,event_name,user_pseudo_id,item_id,quantity
20261001,1790842500000137,view_item,10.1700000000,p1,1
20261001,1790842500000137,begin_checkout,10.1700000000,p1,1
20261001,1790842500000137,purchase,10.1700000000,p2,2
`
    const outcomes = await files.events('ga4.csv', content)
    expect(inputsOf(outcomes)).toEqual([
      { userId: '10.1700000000', itemId: 'p1', type: 'VIEW', timestamp: at },
      { userId: '10.1700000000', itemId: 'p2', type: 'PURCHASE', quantity: 2, timestamp: at },
    ])
    expect(outcomes[1]).toEqual({
      line: 3,
      ignored: 'Google Analytics 4: event "begin_checkout" is not about one item',
    })
  })

  test('Google Analytics 4, nested', async () => {
    const line = `{"event_timestamp":"1790842500000137","event_name":"purchase","user_pseudo_id":"10.17","items":[{"item_id":"p1","quantity":"2"},{"item_id":"p2"}]}`
    expect(inputsOf(await files.events('ga4.jsonl', line))).toEqual([
      { userId: '10.17', itemId: 'p1', type: 'PURCHASE', quantity: 2, timestamp: at },
      { userId: '10.17', itemId: 'p2', type: 'PURCHASE', timestamp: at },
    ])
  })

  test('Segment: guests, an order of several products, and pages', async () => {
    const track = (event: string, more: object) =>
      JSON.stringify({ type: 'track', event, anonymousId: 'a1', timestamp: at, ...more })
    const content = [
      track('Product Viewed', { messageId: 'm1', userId: null, properties: { product_id: 'p1', sku: 'S' } }),
      track('Order Completed', {
        messageId: 'm2',
        userId: 'u1',
        properties: { products: [{ product_id: 'p1', quantity: 2 }, { product_id: 'p2' }] },
      }),
      JSON.stringify({ type: 'page', messageId: 'm3', anonymousId: 'a1', timestamp: at }),
    ].join('\n')
    const outcomes = await files.events('segment.jsonl', content)
    expect(outcomes.map((outcome) => ('input' in outcome ? outcome.input : 'ignored'))).toEqual([
      { eventId: 'm1', userId: 'a1', itemId: 'p1', type: 'VIEW', timestamp: at },
      { eventId: 'm2:1', userId: 'u1', itemId: 'p1', type: 'PURCHASE', quantity: 2, timestamp: at },
      { eventId: 'm2:2', userId: 'u1', itemId: 'p2', type: 'PURCHASE', timestamp: at },
      'ignored',
    ])
  })

  test('Snowplow: the mapping of the item is asked for, the rest is known', async () => {
    const row: string[] = Array(131).fill('')
    row[1] = 'web'
    row[3] = '2026-10-01 08:15:00.000'
    row[5] = 'page_view'
    row[6] = '6a1d8c0e-1111-4222-8333-444455556666'
    row[15] = 'd1'
    row[29] = 'https://shop.example/p1'
    row[52] = '{"data":[{"note":"a \\"quoted\\" word"}]}'
    const content = `${row.join('\t')}\n`
    await expect(files.events('snowplow.tsv', content)).rejects.toThrow(/Snowplow event .*--map item=page_url/)
    expect(await files.events('snowplow.tsv', content, { map: 'item=page_url' })).toEqual([
      {
        line: 1,
        input: { eventId: row[6], userId: 'd1', itemId: row[29], type: 'VIEW', timestamp: at },
      },
    ])
  })
})

describe('items', () => {
  const read = async (content: string, options?: ReadOptions, name = 'i.csv') =>
    (await files.items(name, content, options)).map((outcome) =>
      'input' in outcome ? outcome.input : 'problem' in outcome ? outcome.problem : outcome.ignored,
    )

  test('labels once, split by bars, and the id where there is no title', async () => {
    expect(await read('id,category,subcategory,brand,price\n5,Drama|War,War,Acme,2.5\n')).toEqual([
      { id: '5', title: '5', categories: ['Drama', 'War'], tags: ['Acme'], price: 2.5 },
    ])
  })

  test('a title that reads like nothing is a title', async () => {
    expect(await read('id,title\n5,None\n')).toMatchObject([{ title: 'None' }])
  })

  test('years, months and dates before 1970; unknown ones are left out', async () => {
    const content = 'id,title,published\na,A,1927\nb,B,1969-07-20\nc,C,2024-05\nd,D,0\ne,E,0000-00-00\n'
    expect(await read(content)).toMatchObject([
      { publishedAt: '1927-01-01T00:00:00.000Z' },
      { publishedAt: '1969-07-20T00:00:00.000Z' },
      { publishedAt: '2024-05-01T00:00:00.000Z' },
      expect.not.objectContaining({ publishedAt: expect.anything() }),
      expect.not.objectContaining({ publishedAt: expect.anything() }),
    ])
  })

  test('a column `published` of flags says whether, not when', async () => {
    expect(await read('id,title,published\na,A,1\nb,B,0\nc,C,-1\n')).toEqual([
      { id: 'a', title: 'A', categories: [], tags: [], available: true },
      { id: 'b', title: 'B', categories: [], tags: [], available: false },
      { id: 'c', title: 'C', categories: [], tags: [], available: false },
    ])
  })

  test('WooCommerce: decimal commas, drafts, paths of categories, the first picture', async () => {
    const content = `\ufeffID;Name;Published;In stock?;Regular price;Categories;Images\r
1;Grüner Tee;1;1;12,90;Tee > Grün, Geschenke;https://a/1.jpg, https://a/2.jpg\r
2;Entwurf;-1;1;1.299,00;Tee;\r
3;Bestellt;1;backorder;4,90;;\r
`
    expect(await read(content)).toEqual([
      {
        id: '1',
        title: 'Grüner Tee',
        categories: ['Tee', 'Grün', 'Geschenke'],
        tags: [],
        price: 12.9,
        imageUrl: 'https://a/1.jpg',
        available: true,
      },
      { id: '2', title: 'Entwurf', categories: ['Tee'], tags: [], price: 1299, available: false },
      { id: '3', title: 'Bestellt', categories: [], tags: [], price: 4.9, available: true },
    ])
  })

  const shopify = `Handle,Title,Vendor,Type,Tags,Published,Variant SKU,Variant Price,Image Src,Status
pot,Tea pot,Clay,Pots,"stoneware, gift",true,POT-B,39.00,https://a/b.jpg,active
pot,,,,,,POT-G,41.00,https://a/g.jpg,
pot,,,,,,,,https://a/l.jpg,
lamp,Lamp,Light,Lamps,,true,'0012345,59.00,,draft
`
  test('Shopify: one item a product', async () => {
    expect(await read(shopify)).toMatchObject([
      {
        id: 'pot',
        title: 'Tea pot',
        categories: ['Pots'],
        tags: ['stoneware', 'gift', 'Clay'],
        price: 39,
        available: true,
      },
      'a further row of the same product',
      'a further row of the same product',
      { id: 'lamp', available: false },
    ])
  })

  test('Shopify: or one item a variant, with the title of its product', async () => {
    const variants = await read(shopify, { map: 'id=Variant SKU', spreadsheetIds: 'clean' })
    expect(variants).toMatchObject([
      { id: 'POT-B', title: 'Tea pot', price: 39 },
      { id: 'POT-G', title: 'Tea pot', price: 41, tags: ['stoneware', 'gift', 'Clay'] },
      'a further row of the same product',
      { id: '0012345', title: 'Lamp' },
    ])
  })

  test('a merchant feed: prices with currency, another currency is refused', async () => {
    const content = `id\ttitle\tlink\timage_link\tavailability\tprice\tproduct_type
A1\tPot\thttps://a\thttps://a.jpg\tin_stock\t39.00 EUR\tKitchen > Pots
A2\tPot\thttps://a\thttps://a.jpg\tout_of_stock\tEUR 9.00\tKitchen > Pots
A3\tPot\thttps://a\thttps://a.jpg\tpreorder\t9.00 USD\tKitchen > Pots
`
    expect(await read(content, {}, 'feed.tsv')).toMatchObject([
      { id: 'A1', price: 39, available: true, categories: ['Kitchen', 'Pots'], imageUrl: 'https://a.jpg' },
      { id: 'A2', price: 9, available: false },
      'price: expected prices in EUR like those before, got "9.00 USD"',
    ])
  })

  test.each([
    ['a,A,perhaps,1,\n', /available: expected a word such as true/],
    ['a,A,1,free,\n', /price: expected a number, got "free"/],
    ['a,A,1,1e999,\n', /price: expected a number/],
    ['a,A,1,-1,\n', /price: expected a number of at least 0/],
    ['a,A,1,1,soon\n', /publishedAt: expected ISO 8601/],
    [`a,${'x'.repeat(1001)},1,1,\n`, /title: expected at most 1000 characters, got 1001/],
    [`${'é'.repeat(129)},A,1,1,\n`, /id: expected at most 256 bytes/],
  ])('%s', async (row, message) => {
    expect((await read(`id,title,available,price,releasedate\n${row}ok,Ok,1,1,\n`))[0]).toMatch(message)
  })
})
