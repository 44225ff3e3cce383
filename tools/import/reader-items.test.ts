import { afterAll, describe, expect, test } from 'vitest'
import type { ReadOptions } from './reader.ts'
import { TestFiles } from './testing-files.ts'

const files = new TestFiles()
afterAll(() => files.remove())

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
    [`a,${'x'.repeat(1001)},1,1,\n`, /title: must NOT have more than 1000 characters/],
    [`${'é'.repeat(129)},A,1,1,\n`, /id: expected at most 256 bytes/],
  ])('%s', async (row, message) => {
    expect((await read(`id,title,available,price,releasedate\n${row}ok,Ok,1,1,\n`))[0]).toMatch(message)
  })
})
