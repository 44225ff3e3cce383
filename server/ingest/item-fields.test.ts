import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attributesMax, decodeItem } from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

const put = (...items: object[]) =>
  harness.ask('mutation ($i: [ItemInput!]!) { putItems(items: $i) { token } }', {
    i: items.map((item, n) => ({ id: `i${n}`, title: 'Title', ...item })),
  })
const fields = 'availableFrom availableUntil groupId attributes { name text number flag }'

describe('windows, groups and attributes of an item', () => {
  test('are in the catalog as they were put', async () => {
    const attributes = [
      { name: 'color', text: 'red', number: null, flag: null },
      { name: 'color', text: 'blue', number: null, flag: null },
      { name: 'weight', text: null, number: -1.5, flag: null },
      { name: 'vegan', text: null, number: null, flag: false },
    ]
    const window = { availableFrom: '2026-01-01T00:00:00.000Z', availableUntil: '2999-01-01T00:00:00.000Z' }
    const { data } = await put({ ...window, groupId: 'shirt', attributes }, {})
    const query = `query ($t: String!) { recommendations(userId: "x", after: $t) { id } items(ids: ["i0", "i1"]) { ${fields} } }`
    await harness.ask(query, { t: data.putItems.token })
    const answer = await harness.ask(query, { t: data.putItems.token })
    expect(answer.data.items).toEqual([
      { ...window, groupId: 'shirt', attributes },
      { availableFrom: null, availableUntil: null, groupId: null, attributes: [] },
    ])
  })

  test('at most 32 attributes are taken', async () => {
    const attributes = Array.from({ length: attributesMax }, (_, n) => ({ name: `a${n}`, number: n }))
    expect((await put({ attributes })).errors).toBeUndefined()
    const { errors } = await put({ attributes: [...attributes, { name: 'more', flag: true }] })
    expect(errors?.[0]?.extensions.issues).toEqual([
      { path: 'items[0].attributes', message: 'expected at most 32 attributes, got 33' },
    ])
  })

  const early = '2026-01-01T00:00:00.000Z'
  test.each([
    ['groupId', { groupId: '' }, 'expected 1..256 bytes, got ""'],
    [
      'availableUntil',
      { availableFrom: early, availableUntil: early },
      `expected a time after availableFrom (${early}), got "${early}"`,
    ],
    ['attributes[0]', { attributes: [{ name: 'a' }] }, 'expected exactly one of text, number and flag, got []'],
    [
      'attributes[0]',
      { attributes: [{ name: 'a', text: 'x', flag: false }] },
      'expected exactly one of text, number and flag, got ["x",false]',
    ],
    ['attributes[0].name', { attributes: [{ name: '', flag: true }] }, 'expected 1..64 bytes, got ""'],
    [
      'attributes[1].text',
      {
        attributes: [
          { name: 'a', flag: true },
          { name: 'a', text: '' },
        ],
      },
      'expected 1..256 bytes, got ""',
    ],
    ['attributes[0].text', { attributes: [{ name: 'a', text: 'half \ud83d' }] }, 'expected well-formed Unicode'],
    ['attributes[0].name', { attributes: [{ name: 'é'.repeat(33), flag: true }] }, 'expected 1..64 bytes'],
  ])('a bad %s is refused with path, rule and value, and nothing is put', async (path, item, message) => {
    const before = await harness.log.endOffsets(topics.items)
    const { errors } = await put({}, item)
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: `items[1].${path}`, message: expect.stringContaining(message) }],
    })
    expect(await harness.log.endOffsets(topics.items)).toEqual(before)
  })

  test('a number that is not finite is refused', async () => {
    const { errors } = await harness.ask(
      'mutation { putItems(items: [{ id: "a", title: "A", attributes: [{ name: "n", number: 1e999 }] }]) { token } }',
    )
    expect(errors?.[0]?.extensions.issues).toEqual([
      { path: 'items[0].attributes[0].number', message: 'expected a finite number, got Infinity' },
    ])
  })
})

describe('a record of another service', () => {
  const decode = (record: object) =>
    decodeItem('a', Buffer.from(JSON.stringify({ v: 1, id: 'a', title: 'A', ...record })))

  test('may have them, and a value that is null', () => {
    const attributes = [{ name: 'color', text: 'red', number: null }]
    expect(decode({ attributes, groupId: null, availableFrom: null })).toMatchObject({ attributes })
  })

  test.each([
    [{ attributes: [{ name: 'a' }] }, 'attributes.0: expected exactly one of text, number and flag, got []'],
    [
      { attributes: [{ name: 'a', number: 1, flag: true }] },
      'attributes.0: expected exactly one of text, number and flag, got [1,true]',
    ],
    [
      { attributes: [{ name: 'é'.repeat(33), flag: true }] },
      'attributes.0.name: must have at most 64 bytes {"bytes":66}, got "é',
    ],
    [{ attributes: Array(33).fill({ name: 'a', flag: true }) }, 'attributes'],
    [
      { availableFrom: '2026-01-02T00:00:00Z', availableUntil: '2026-01-01T00:00:00Z' },
      'availableUntil: expected a time after',
    ],
    [{ groupId: '' }, 'groupId'],
  ])('that breaks a rule is refused: %j', (record, words) => {
    expect(() => decode(record)).toThrow(words)
  })
})
