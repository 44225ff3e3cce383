import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ColumnsError, eventColumns, itemColumns, parseMap } from './columns.ts'
import { type Row, readRows } from './read-rows.ts'
import { RowIds } from './row-ids.ts'
import { toEventInput, toItemInput, toTimestamp } from './to-input.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-import-'))
afterAll(() => rmSync(folder, { recursive: true }))

const none = new Map<string, string>()

async function rowsOf(name: string, content: string): Promise<Row[]> {
  const file = join(folder, name)
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(content) : content)
  const rows: Row[] = []
  for await (const row of readRows(file).rows) rows.push(row)
  return rows
}

describe('reading', () => {
  test('CSV with quotes, gzipped or not, gives each row with its line', async () => {
    const text = '\ufeffuser_id,item_id,title\n1,2,"a, ""b"""\n\n3,4,; c\n'
    const expected = [
      { line: 2, cells: { user_id: '1', item_id: '2', title: 'a, "b"' } },
      { line: 4, cells: { user_id: '3', item_id: '4', title: '; c' } },
    ]
    expect(await rowsOf('a.csv', text)).toEqual(expected)
    expect(await rowsOf('a.csv.gz', text)).toEqual(expected)
  })

  test('the line of names tells the delimiter', async () => {
    expect(await rowsOf('b.csv', 'user;item\n1;a,b\n')).toEqual([{ line: 2, cells: { user: '1', item: 'a,b' } }])
    expect(await rowsOf('c.tsv', 'user\titem\n1\ta;b\n')).toEqual([{ line: 2, cells: { user: '1', item: 'a;b' } }])
  })

  test('a row of another length is named with its line, and the rest goes on', async () => {
    expect(await rowsOf('d.csv', 'user,item\n1\n2,b\n')).toEqual([
      { line: 2, problem: 'expected 2 columns, got 1' },
      { line: 3, cells: { user: '2', item: 'b' } },
    ])
  })

  test('a stray quote does no harm, and one that is not closed is reported with the lines it took in', async () => {
    expect(await rowsOf('e.csv', 'user,item\n1,5" disc\n2,"b"x\n')).toEqual([
      { line: 2, cells: { user: '1', item: '5" disc' } },
      { line: 3, cells: { user: '2', item: '"b"x' } },
    ])
    const [first, swallowed, ...others] = await rowsOf('f.csv', 'user,item\n1,a\n2,"b\n3,c\n4,d"\n5,e\n')
    expect([first, ...others]).toMatchObject([{ line: 2 }, { line: 6 }])
    expect(() =>
      toEventInput(
        (swallowed as { cells: Record<string, string> }).cells,
        { user: 'user', item: 'item' },
        'id',
        'VIEW',
      ),
    ).toThrow('item: expected an id, got 3 lines: is a quotation mark missing?')
    expect(await rowsOf('g.csv', 'user,item\n1,a\n2,"b\n3,c\n')).toContainEqual({
      line: 4,
      problem: expect.stringMatching(/Quote Not Closed.*nothing since line 3 could be read/),
    })
  })

  test('JSON lines', async () => {
    const rows = await rowsOf('f.jsonl', '{"user":1,"tags":["x","y"],"price":null}\n[1]\nnonsense\n')
    expect(rows[0]).toEqual({ line: 1, cells: { user: '1', tags: 'x|y' } })
    expect(rows.slice(1)).toMatchObject([
      { line: 2, problem: expect.stringContaining('object') },
      { line: 3, problem: expect.stringContaining('JSON') },
    ])
  })
})

describe('columns', () => {
  test('the usual names are recognised', () => {
    expect(eventColumns(['Customer ID', 'StockCode', 'InvoiceDate', 'Quantity'], none, true)).toEqual({
      user: 'Customer ID',
      item: 'StockCode',
      timestamp: 'InvoiceDate',
      quantity: 'Quantity',
    })
    expect(itemColumns(['item_id', 'title', 'category', 'subcategory', 'brand'], none)).toEqual({
      id: 'item_id',
      title: 'title',
      categories: ['category', 'subcategory'],
      tags: ['brand'],
    })
  })

  test('others are given', () => {
    const columns = eventColumns(['who', 'what', 'did'], parseMap('user=who,item=what,type=did'), false)
    expect(columns).toEqual({ user: 'who', item: 'what', type: 'did' })
    expect(itemColumns(['id', 'a', 'b'], parseMap('categories=a+b')).categories).toEqual(['a', 'b'])
  })

  test.each([
    [() => eventColumns(['user', 'thing', 'type'], none, false), /no column for item .*the file has user, thing, type/],
    [() => eventColumns(['user', 'item'], none, false), /--type PURCHASE/],
    [() => eventColumns(['user', 'item'], parseMap('user=nobody'), true), /no column "nobody" for user/],
    [() => eventColumns(['user', 'item'], parseMap('users=user'), true), /no such field "users"; there are user, item/],
  ])('what is missing is said with what there is (%#)', (recognise, message) => {
    expect(recognise).toThrow(ColumnsError)
    expect(recognise).toThrow(message)
  })
})

describe('rows to events and items', () => {
  const columns = { user: 'u', item: 'i', type: 't', timestamp: 'at', value: 'v', quantity: 'q' }
  const cells = { u: '7', i: 'x', t: 'purchase', at: '2011-03-01T10:00:00Z', v: '9.99', q: '3' }

  test('a purchase has a quantity, and its amount of money is no rating', () => {
    expect(toEventInput(cells, columns, 'id')).toEqual({
      eventId: 'id',
      userId: '7',
      itemId: 'x',
      type: 'PURCHASE',
      quantity: 3,
      timestamp: '2011-03-01T10:00:00.000Z',
    })
  })

  test('a rating has its stars', () => {
    expect(toEventInput({ ...cells, t: 'rating', v: '4.5', q: '1' }, columns, 'id')).toMatchObject({ value: 4.5 })
  })

  test.each([
    [{ t: 'teleport' }, 'type: expected one of VIEW'],
    [{ u: '' }, 'user: expected an id, got nothing'],
    [{ t: 'rating', v: '6' }, 'value: expected a number from 0 to 5, got "6"'],
    [{ q: '1.5' }, 'quantity: expected a whole number of at least 1, got "1.5"'],
    [{ at: 'yesterday' }, 'timestamp: expected ISO 8601 or seconds since 1970, got "yesterday"'],
  ])('%j is refused with the rule and the value', (wrong, message) => {
    expect(() => toEventInput({ ...cells, ...wrong }, columns, 'id')).toThrow(message)
  })

  test('times with and without a zone, in seconds and in milliseconds', () => {
    const expected = '2011-03-01T10:00:00.000Z'
    const same = [
      '2011-03-01T10:00:00Z',
      '2011-03-01 10:00:00',
      '2011-03-01T11:00:00+01:00',
      '1298973600',
      '1298973600000',
    ]
    for (const text of same) expect(toTimestamp('at', text)).toBe(expected)
    expect(toTimestamp('at', '2011-03-01')).toBe('2011-03-01T00:00:00.000Z')
  })

  test('an item has its labels once, split by bars, and its id where it has no title', () => {
    const itemCells = { id: '5', c: 'Drama|War', d: 'War', b: 'Acme', p: '2.5' }
    expect(toItemInput(itemCells, { id: 'id', price: 'p', categories: ['c', 'd'], tags: ['b'] })).toEqual({
      id: '5',
      title: '5',
      categories: ['Drama', 'War'],
      tags: ['Acme'],
      price: 2.5,
    })
  })
})

test('a row has the same id in every run, and rows that are alike have different ones', () => {
  const run = () => {
    const ids = new RowIds()
    return [{ a: '1' }, { a: '1' }, { a: '2' }, { a: '1' }].map((cells) => ids.next(cells))
  }
  expect(run()).toEqual(run())
  expect(new Set(run()).size).toBe(4)
})
