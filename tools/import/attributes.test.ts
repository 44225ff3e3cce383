import { afterAll, describe, expect, test } from 'vitest'
import { readItems } from './reader.ts'
import { inputsOf, TestFiles } from './testing-files.ts'

const files = new TestFiles()
afterAll(() => files.remove())

const items = (content: string, attributes: string[] = [], options: object = {}) =>
  files.items('items.csv', content, { attributes, ...options })
const attributesIn = async (content: string, attributes: string[], options: object = {}) =>
  (await items(content, attributes, options)).map((outcome) =>
    'input' in outcome ? outcome.input.attributes : outcome,
  )

describe('--attribute', () => {
  const shop = 'id,title,Color,Weight kg,vegan,size\na,A,red|blue,1.5,yes,38\nb,B,,2,FALSE,M\nc,C,red,NULL,no,00712\n'

  test('the first rows decide for each column whether it holds texts, numbers or flags', async () => {
    expect(await attributesIn(shop, ['Color=color', 'Weight kg=weight', 'vegan', 'size'])).toEqual([
      [
        { name: 'color', text: 'red' },
        { name: 'color', text: 'blue' },
        { name: 'weight', number: 1.5 },
        { name: 'vegan', flag: true },
        { name: 'size', text: '38' },
      ],
      [
        { name: 'weight', number: 2 },
        { name: 'vegan', flag: false },
        { name: 'size', text: 'M' },
      ],
      [
        { name: 'color', text: 'red' },
        { name: 'vegan', flag: false },
        { name: 'size', text: '00712' },
      ],
    ])
  })

  test('a type that is given counts', async () => {
    expect(await attributesIn('id,n\na,5\n', ['n:text'])).toEqual([[{ name: 'n', text: '5' }]])
    expect(await attributesIn('id,n\na,5\n', ['n=size:text'])).toEqual([[{ name: 'size', text: '5' }]])
    expect(await attributesIn('id;n\na;1,5\n', ['n:number'])).toEqual([[{ name: 'n', number: 1.5 }]])
  })

  test('a value of another type than the column has is refused, with a way on', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => `i${n},${n}`).join('\n')
    const outcomes = await items(`id,n\n${rows}\nlast,XL\n`, ['n'])
    expect(outcomes.at(-1)).toEqual({
      line: 1002,
      problem:
        'attribute n: expected a number like the values before, got "XL"; to import texts set --attribute COLUMN=n:text',
    })
    expect((await items('id,n\na,maybe\nb,yes\n', ['n:flag']))[0]).toMatchObject({
      problem: expect.stringContaining('attribute n: expected true, false, yes or no, got "maybe"'),
    })
  })

  test('a column that is not there, and a name that is none, are refused', async () => {
    await expect(items('id,n\na,1\n', ['m'])).rejects.toThrow('--attribute: no column "m"; the file has id, n')
    await expect(items('id,n\na,1\n', ['n='])).rejects.toThrow('--attribute: expected COLUMN[=NAME][:TYPE], got "n="')
  })

  test('what breaks a rule of the server is refused', async () => {
    const [long] = await items(`id,n\na,${'x'.repeat(257)}\nb,y\n`, ['n'])
    expect(long).toMatchObject({ problem: expect.stringContaining('attributes.0.text') })
    const [many] = await items(`id,n\na,${Array.from({ length: 33 }, (_, n) => `x${n}`).join('|')}\nb,y\n`, ['n'])
    expect(many).toMatchObject({ problem: expect.stringContaining('attributes') })
  })

  test('is shown as it was understood', async () => {
    const file = files.write('shown.csv', shop)
    const { fields } = await readItems(file, { attributes: ['Color=color', 'vegan'] }).understood()
    expect(fields).toMatchObject({ 'attribute color (text)': 'Color', 'attribute vegan (flag)': 'vegan' })
  })
})

test('groups and availability windows of items', async () => {
  const [outcome, empty] = await items(
    'id,item_group_id,available_from,expiration_date\na,shirt,2026-01-01T00:00:00Z,2026-02-01\nb,,,0000-00-00\n',
    [],
    { zone: 'UTC' },
  )
  expect(outcome).toMatchObject({
    input: { groupId: 'shirt', availableFrom: '2026-01-01T00:00:00.000Z', availableUntil: '2026-02-01T00:00:00.000Z' },
  })
  expect(Object.keys((empty as { input: object }).input)).not.toContain('groupId')
  const [wrong] = await items('id,available_from,available_until\na,2026-02-01,2026-01-01\nb,,\n', [], { zone: 'UTC' })
  expect(wrong).toMatchObject({
    problem: expect.stringContaining('availableUntil: expected a time after availableFrom'),
  })
})

describe('details of events', () => {
  const events = async (header: string, row: string, options: object = {}) =>
    inputsOf(
      await files.events('events.csv', `user,item,timestamp,${header}\nu,i,2026-01-01T00:00:00Z,${row}\n`, options),
    )

  test.each([
    ['type,unit_price', 'PURCHASE,12.90 USD', { unitPrice: 12.9, currency: 'USD' }],
    ['type,unit_price,currency', 'PURCHASE,5,chf', { unitPrice: 5, currency: 'CHF' }],
    ['type,unit_price', 'PURCHASE,$12.90', { unitPrice: 12.9 }],
    ['type,portion,seconds,position', 'CONSUME,0.5,90,3', { portion: 0.5, seconds: 90, position: 3 }],
    ['type,portion', 'CONSUME,42%', { portion: 0.42 }],
    ['type,seconds', 'VIEW,12', { seconds: 12 }],
  ])('%s: %s', async (header, row, details) => {
    expect(await events(header, row)).toMatchObject([details])
  })

  test('a column of what the type of an event does not have is left aside', async () => {
    const [event] = await events('type,unit_price,portion,seconds,currency', 'LIKE,5,0.5,9,EUR')
    expect(event).toEqual({ userId: 'u', itemId: 'i', type: 'LIKE', timestamp: '2026-01-01T00:00:00.000Z' })
    const [returned] = await events('type,quantity,unit_price', 'PURCHASE,-2,5', { returns: true })
    expect(returned).toMatchObject({ type: 'REFUND', quantity: 2, unitPrice: 5 })
  })

  test.each([
    ['type,portion', 'CONSUME,2', 'portion'],
    ['type,position', 'CLICK,0', 'position'],
    ['type,unit_price', 'PURCHASE,-5', 'unitPrice'],
    ['type,unit_price', 'PURCHASE,dear', 'unitPrice: expected a number, got "dear"'],
    ['type,unit_price', 'PURCHASE,12.90 BTC', 'currency: expected a currency code of ISO 4217 such as EUR, got "BTC"'],
    ['type,unit_price,currency', 'PURCHASE,12,Dollar', 'got "Dollar"; --map currency= ignores the column'],
    ['type,seconds', 'VIEW,100000', 'seconds'],
  ])('%s: %s is refused', async (header, row, words) => {
    const [outcome] = await files.events(
      'events.csv',
      `user,item,timestamp,${header}\nu,i,2026-01-01T00:00:00Z,${row}\n`,
    )
    expect(outcome).toMatchObject({ problem: expect.stringContaining(words) })
  })
})

test('amounts that may be thousands or a fraction need an option, of events and of attributes', async () => {
  const events = 'user;item;timestamp;type;unit_price\nu;i;2026-01-01T00:00:00Z;PURCHASE;1.299\n'
  await expect(files.events('region.csv', events)).rejects.toThrow('unitPrice: "1.299" may be thousands or a fraction')
  expect(inputsOf(await files.events('region.csv', events, { decimal: 'comma' }))).toMatchObject([{ unitPrice: 1299 }])

  const items = 'id,weight\na,"2,5"\nb,"1,299"\n'
  await expect(files.items('weights.csv', items, { attributes: ['weight'] })).rejects.toThrow(
    'attribute weight: "1,299" may be thousands or a fraction',
  )
  const [, second] = await files.items('weights.csv', items, { attributes: ['weight'], decimal: 'comma' })
  expect(second).toMatchObject({ input: { attributes: [{ name: 'weight', number: 1.299 }] } })
})
