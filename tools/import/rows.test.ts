import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { FileError } from './file-error.ts'
import { openText } from './open-text.ts'
import { type RowOptions, readRows } from './read-rows.ts'
import { RowIds } from './row-ids.ts'
import type { Row } from './rows.ts'
import { collect, TestFiles } from './testing-files.ts'

const files = new TestFiles()
afterAll(() => files.remove())

const rowsOf = async (name: string, content: string | Uint8Array, options: RowOptions = {}): Promise<Row[]> =>
  collect(readRows(files.write(name, content), options).rows)
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

describe('encodings', () => {
  const text = 'user,item\nann,café\n'
  const expected = [{ line: 2, cells: { user: 'ann', item: 'café' } }]

  test.each<[string, Uint8Array, string?]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 little-endian with byte order mark', utf16(text)],
    ['UTF-16 big-endian with byte order mark', utf16(text).swap16()],
    ['UTF-16 without, named', utf16(text).subarray(2), 'utf-16le'],
    ['Latin-1, named', Buffer.from(text, 'latin1'), 'windows-1252'],
    ['gzipped, whatever its name', gzipSync(text)],
    ['gzipped UTF-16', gzipSync(utf16(text))],
  ])('%s', async (_, bytes, encoding) => {
    expect(await rowsOf('a.CSV', bytes, { encoding })).toEqual(expected)
    expect(await rowsOf('a.csv.gz', bytes, { encoding })).toEqual(expected)
  })

  test.each<[string, Uint8Array, RegExp, string?]>([
    ['Latin-1', Buffer.from(text, 'latin1'), /not utf-8 \(near line 2\).*--encoding windows-1252/],
    ['UTF-16 without byte order mark', utf16(text).subarray(2), /zero bytes.*--encoding utf-16le/],
    ['an unknown label', Buffer.from(text), /unknown encoding "latin-99"/, 'latin-99'],
    ['not what was named', Buffer.from(text, 'latin1'), /not utf-8/, 'utf-8'],
    ['a spreadsheet', Buffer.from('PK\x03\x04rest'), /export the sheet as CSV/],
    ['Parquet', Buffer.from('PAR1rest'), /Parquet/],
    ['half of a gzip file', gzipSync(text).subarray(0, 20), /is damaged/],
    ['nothing', Buffer.alloc(0), /is empty/],
  ])('%s is refused with a way on', async (_, bytes, message, encoding) => {
    const read = rowsOf('b.csv', bytes, { encoding })
    await expect(read).rejects.toThrow(FileError)
    await expect(read).rejects.toThrow(message)
  })

  test.each(['user,item\nann,café\n', gzipSync('user,item\nann,café\n')])(
    'a pipe is read from its first byte',
    async (content) => {
      const pipe = join(files.folder, `pipe-${typeof content}`)
      execFileSync('mkfifo', [pipe])
      spawn('cp', [files.write('behind-pipe', content), pipe])
      expect(await collect(readRows(pipe).rows)).toEqual(expected)
    },
  )

  test('a folder is refused by its name', () => {
    expect(() => readRows(files.folder)).toThrow(`${files.folder}: is a folder`)
  })

  test('a character may be split between two reads', async () => {
    const long = `${'é'.repeat(40_000)}\n`
    for (const pad of ['', 'x']) {
      const chunks = await collect(openText(files.write('c.txt', pad + long)).chunks)
      expect(chunks.join('')).toBe(pad + long)
    }
  })
})

describe('lines', () => {
  const plain = [
    { line: 2, cells: { user: 'ann', item: 'p1' } },
    { line: 3, cells: { user: 'bob', item: 'p2' } },
  ]

  test.each([
    ['comma', 'user,item\nann,p1\nbob,p2\n'],
    ['semicolon', 'user;item\nann;p1\nbob;p2\n'],
    ['tab', 'user\titem\nann\tp1\nbob\tp2\n'],
    ['bar', 'user|item\nann|p1\nbob|p2\n'],
    ['carriage return and line feed', 'user,item\r\nann,p1\r\nbob,p2\r\n'],
    ['carriage return alone', 'user,item\rann,p1\rbob,p2\r'],
    ['names with \\r\\n, rows with \\n', 'user,item\r\nann,p1\nbob,p2\n'],
    ['names with \\n, rows with \\r\\n', 'user,item\nann,p1\r\nbob,p2\r\n'],
    ['no line end at the end', 'user,item\nann,p1\nbob,p2'],
    ['empty cells at the end of rows', 'user,item\nann,p1,\nbob,p2,,\n'],
    ['empty names at the end', 'user,item,,\nann,p1,,\nbob,p2,,\n'],
    ['tabs at the end', 'user\titem\t\nann\tp1\t\nbob\tp2\t\t\n'],
    ['spaces around cells', 'user, item\nann , p1\nbob,\tp2\n'],
  ])('%s', async (_, content) => {
    expect(await rowsOf('d.csv', content)).toEqual(plain)
  })

  test('`sep=` names the delimiter', async () => {
    expect(await rowsOf('e.csv', 'sep=;\r\nuser;item\r\nann;a,b\r\n')).toEqual([
      { line: 3, cells: { user: 'ann', item: 'a,b' } },
    ])
  })

  test('`::` with names given', async () => {
    expect(await rowsOf('e.dat', '1::100::5\n', { header: 'user,item,rating' })).toEqual([
      { line: 1, cells: { user: '1', item: '100', rating: '5' } },
    ])
  })

  test('a name that comes twice is numbered', async () => {
    expect(await rowsOf('f.csv', 'user,item,item\nann,p1,p9\n')).toEqual([
      { line: 2, cells: { user: 'ann', 'item#1': 'p1', 'item#2': 'p9' } },
    ])
  })

  test('in tab-separated files a quotation mark that is not closed takes in no other line', async () => {
    expect(await rowsOf('g.tsv', 'user\titem\nann\t"heroes\nbob\t"a ""b"""\ncy\t5" disc\n')).toEqual([
      { line: 2, cells: { user: 'ann', item: '"heroes' } },
      { line: 3, cells: { user: 'bob', item: 'a "b"' } },
      { line: 4, cells: { user: 'cy', item: '5" disc' } },
    ])
  })

  test('CSV with quotes, and spaces inside quotes are kept', async () => {
    expect(await rowsOf('h.csv', 'id,title\n2,"a, ""b"""\n\n3," tent "\n4,"two\nlines"\n')).toEqual([
      { line: 2, cells: { id: '2', title: 'a, "b"' } },
      { line: 4, cells: { id: '3', title: ' tent ' } },
      { line: 6, cells: { id: '4', title: 'two\nlines' } },
    ])
  })

  test('a row of another length is named with its line, and the rest goes on', async () => {
    expect(await rowsOf('i.csv', 'user,item\n1\n2,b\n3,c,d\n')).toEqual([
      { line: 2, problem: 'expected 2 columns, got 1' },
      { line: 3, cells: { user: '2', item: 'b' } },
      { line: 4, problem: 'expected 2 columns, got 3' },
    ])
  })

  test('a stray quote does no harm, and a row that does not end stops the reading behind the rows before it', async () => {
    expect(await rowsOf('j.csv', 'user,item\n1,5" disc\n2,"b"x\n')).toEqual([
      { line: 2, cells: { user: '1', item: '5" disc' } },
      { line: 3, cells: { user: '2', item: '"b"x' } },
    ])
    const long = 'x'.repeat(1_100_000)
    for (const rest of ['2,"b\n3,c\n', `2,"b\n${'3,c\n'.repeat(600_000)}`, `2,${long}\n3,c\n`]) {
      const seen: Row[] = []
      const read = async () => {
        for await (const row of readRows(files.write('k.csv', `user,item\n1,a\n${rest}`)).rows) seen.push(row)
      }
      await expect(read()).rejects.toThrow(/k\.csv: the row that begins in line 3 does not end/)
      expect(seen).toEqual([{ line: 2, cells: { user: '1', item: 'a' } }])
    }
  })
})

describe('JSON', () => {
  test('numbers keep their digits, strings are known as such, and nested values are columns', async () => {
    const line =
      '{"user":9007199254740993,"item":"7e3","a":{"b":1.50},"tags":["x",null,"y"],"price":null,"l":[{"c":1}]}'
    const [row] = await rowsOf('a.jsonl', line)
    expect(row).toMatchObject({
      cells: { user: '9007199254740993', item: '7e3', 'a.b': '1.50', tags: 'x|y' },
      strings: new Set(['item']),
    })
    expect(row && 'lists' in row && row.lists?.has('l')).toBe(true)
  })

  test('lines that are no objects are named', async () => {
    const rows = await rowsOf('b.jsonl', '\ufeff{"user":1}\n[1]\nnonsense\n{"a":01}\n{"n":"\\u0031"}\n')
    expect(rows).toMatchObject([
      { line: 1, cells: { user: '1' } },
      { line: 2, problem: expect.stringContaining('object') },
      { line: 3, problem: expect.stringContaining('JSON') },
      { line: 4, problem: expect.stringContaining('JSON') },
      { line: 5, cells: { n: '1' } },
    ])
  })

  test('an array, and a way on for objects that span lines', async () => {
    expect(await rowsOf('c.json', '[\n {\n "user": 1\n },\n {"user": 2}\n]\n')).toMatchObject([
      { line: 1, cells: { user: '1' } },
      { line: 2, cells: { user: '2' } },
    ])
    await expect(rowsOf('d.json', '{\n "user": 1\n}\n')).rejects.toThrow('jq -c . FILE > FILE.jsonl')
    await expect(rowsOf('e.json', '[{"user": 1}')).rejects.toThrow('e.json: expected a JSON array')
    await expect(rowsOf('f.json', '[{"user": 1}] {}')).rejects.toThrow('nothing after the JSON array, got "{}"')
  })

  test('elements of an array are separated by their brackets, and an element that is not JSON is named', async () => {
    expect(await rowsOf('g.json', '[{"a":"],[\\"{","b":[1,[2]]},{"c":},{"d":{"e":1}} ]')).toMatchObject([
      { line: 1, cells: { a: '],["{' } },
      { line: 2, problem: expect.stringContaining('JSON') },
      { line: 3, cells: { 'd.e': '1' } },
    ])
    expect(await rowsOf('h.json', '[ ]')).toEqual([])
  })

  test('an array may be one line of any length', async () => {
    const count = 60_000
    const array = JSON.stringify(Array.from({ length: count }, (_, n) => ({ user: n, note: 'x'.repeat(80) })))
    const rows = await rowsOf('i.json', array)
    expect(rows).toHaveLength(count)
    expect(rows.at(-1)).toMatchObject({ line: count, cells: { user: String(count - 1) } })
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

test('equal rows of files with different given types have different ids', () => {
  const ids = ['VIEW', 'PURCHASE', undefined].map((type) => new RowIds().next({ a: '1' }, type))
  expect(new Set(ids).size).toBe(3)
})
