import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { comparisonsMax, estimateComparisons } from '../guard/document-work.ts'
import { bytesPerToken, Documents, documentLengthMax, nestingMax } from './documents.ts'

const schema = buildSchema('type Query { a: Int, items(ids: [ID!]!): [Query], q: Query }')
const setUp = (keptBytesMax?: number) =>
  new Documents({ schema, rules: [], suggestions: true, tokensMax: 5_000, keptBytesMax })
const repeat = (count: number, textOf: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => textOf(n)).join(' ')

describe('documents that stay in memory', () => {
  test('a document that was only checked does not stay; one that was kept is the same object again', () => {
    const documents = setUp()
    expect(documents.check('{ a }').document).not.toBe(documents.check('{ a }').document)
    expect(documents.keptBytes).toBe(0)
    const checked = documents.check('{ a }')
    documents.keep(checked)
    expect(documents.check('{ a }')).toBe(checked)
    expect(documents.findByHash(checked.hash)).toBe(checked)
  })

  test('documents with errors do not stay', () => {
    const documents = setUp()
    for (const text of ['{ b }', '{']) documents.keep(documents.check(text))
    expect([documents.keptBytes, documents.find('{ b }')]).toEqual([0, undefined])
  })

  test('any number of distinct documents stays within the bytes, the newest first; a hash goes with its document', () => {
    const keptBytesMax = 4 * 2 ** 20
    const documents = setUp(keptBytesMax)
    const hashes: string[] = []
    for (let n = 0; n < 200; n++) {
      const checked = documents.check(`query q${n} { items(ids: [${'1 '.repeat(100)}]) { a } }`)
      hashes.push(checked.hash)
      documents.keep(checked)
      expect(documents.keptBytes).toBeLessThanOrEqual(keptBytesMax)
    }
    const left = hashes.filter((hash) => documents.findByHash(hash))
    expect(left).toEqual(hashes.slice(-left.length))
    expect(left.length).toBe(Math.floor(keptBytesMax / (documents.keptBytes / left.length)))
  })

  test('one document does not take more than 1/32 of the memory', () => {
    const documents = setUp(32 * 1_000 * bytesPerToken)
    const large = documents.check(`{ items(ids: [${'1 '.repeat(1_100)}]) { a } }`)
    documents.keep(large)
    expect([large.errors, documents.find(large.text), documents.findByHash(large.hash)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

const nested = (brackets: number) => `${'{ ... '.repeat(brackets - 1)}{ a }${' }'.repeat(brackets - 1)}`

describe('the work of one document', () => {
  test.each([
    ['too many tokens', `{ ${'a '.repeat(5_001)} }`, 'tokens'],
    ['too long', `{ a } # ${'x'.repeat(documentLengthMax)}`, `at most ${documentLengthMax} characters`],
    [
      'every two of 500 fragments',
      `{ q { ${repeat(500, (n) => `...F${n}`)} } } ${repeat(500, (n) => `fragment F${n} on Query { a }`)}`,
      'comparisons',
    ],
    ['one field 1,000 times', `{ ${'a '.repeat(1_000)} }`, 'comparisons'],
    ['the same fields within the same fields', `{ ${repeat(30, () => `q { ${'a '.repeat(30)} }`)} }`, 'comparisons'],
    [
      '150 operations over 250 fragments',
      `${repeat(150, (n) => `query Q${n} { ...F0 }`)} ${repeat(250, (n) => `fragment F${n} on Query { q { ...F${n + 1} } }`)} fragment F250 on Query { a }`,
      'comparisons',
    ],
    ['fields nested past the stack', '{ q '.repeat(2_490), 'brackets within each other'],
    ['one bracket too many', nested(nestingMax + 1), 'brackets within each other'],
    ['a list nested past the stack', `{ items(ids: ${'['.repeat(4_900)}`, 'brackets within each other'],
    [
      'lists, one too many',
      `{ items(ids: ${'['.repeat(nestingMax - 1)}${']'.repeat(nestingMax - 1)}) { a } }`,
      'brackets',
    ],
  ])('%s is refused before it is validated', (_name, text, words) => {
    const { document, errors } = setUp().check(text)
    expect(document).toBeUndefined()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.message).toContain(words)
  })

  test.each([
    ['60 lists with the same fields', `{ ${repeat(60, (n) => `l${n}: q { a q { a q { a } } }`)} }`],
    [
      '60 lists by fragments',
      `{ ${repeat(60, (n) => `l${n}: q { ...L }`)} } fragment L on Query { a q { ...P } } fragment P on Query { a }`,
    ],
    [
      '40 fragments on one page',
      `{ q { ${repeat(40, (n) => `...F${n}`)} } } ${repeat(40, (n) => `fragment F${n} on Query { a q { a } }`)}`,
    ],
  ])('%s needs few comparisons', (_name, text) => {
    expect(setUp().check(text).errors).toBeUndefined()
    expect(estimateComparisons(parse(text))).toBeLessThan(comparisonsMax / 5)
  })

  test('brackets may nest up to the limit', () => {
    expect(setUp().check(nested(nestingMax)).errors).toBeUndefined()
    expect(setUp().check(`${nested(nestingMax)} fragment F on Query { a }`).errors?.[0]?.message).toContain(
      'never used',
    )
  })

  test('the estimate is the number of pairs of equal response paths, times the depth', () => {
    expect(estimateComparisons(parse('{ a a a }'))).toBe(3)
    expect(estimateComparisons(parse('{ q { a } q { a } }'))).toBe(4)
    expect(estimateComparisons(parse('{ x: q { a } y: q { a } }'))).toBe(0)
    expect(estimateComparisons(parse('{ a ... { a } }'))).toBe(2)
  })
})
