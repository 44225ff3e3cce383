import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { JsonFragmentCache } from './json-fragment-cache.ts'
import { JsonPlans } from './json-plan.ts'
import { Operations } from './operations.ts'

const schema = buildSchema(`
  type Query { one: Thing many: [Thing!]! strict: Thing! number: Int }
  type Mutation { number: Int }
  type Thing { id: ID! size: Int real: Float yes: Boolean text: String kind: Kind parts: [Thing!] given(n: Int): Int }
  enum Kind { BIG SMALL }
`)
const thing = { id: 'x', size: 1, real: 1.5, yes: true, text: 'é"\n', kind: 'BIG', parts: [] }
const selection = '{ id size real yes text kind parts { id } }'

const planOf = (query: string, of: GraphQLSchema = schema) => {
  const document = parse(query)
  const operations = new Operations(of, new JsonPlans(of, []))
  return new JsonPlans(of, []).plan(document, operations.prepare(document, undefined)!.node)
}

describe('plain data is written without execution', () => {
  test.each([
    ['a thing', `{ one ${selection} }`, { one: thing }],
    ['nulls', `{ one ${selection} }`, { one: { id: 'x' } }],
    ['nothing', `{ one ${selection} number }`, {}],
    ['lists', `{ many { id parts { parts { id } } } }`, { many: [thing, { id: 'y', parts: [thing, thing] }] }],
    ['names alone', '{ one { __typename } }', { one: thing }],
    ['a name at the end', '{ one { id __typename } }', { one: thing }],
    ['zeros', '{ one { real size } }', { one: { real: -0, size: -0 } }],
  ])('%s', (_name, query, root) => {
    const expected = execute({ schema, document: parse(query), rootValue: root })
    expect(planOf(query)?.run({}, {}, root)).toEqual({
      data: JSON.stringify((expected as { data: unknown }).data),
    })
  })
})

describe('what needs execution is left to it', () => {
  test.each([
    ['a number that is none', '{ one { size } }', { one: { size: 1.5 } }],
    ['a number beyond 32 bits', '{ one { size } }', { one: { size: 2 ** 31 } }],
    ['an infinite number', '{ one { real } }', { one: { real: Infinity } }],
    ['a text that is none', '{ one { text } }', { one: { text: 1 } }],
    ['an unknown word', '{ one { kind } }', { one: { kind: 'HUGE' } }],
    ['nothing where something must be', '{ strict { id } }', {}],
    ['nothing in a list', '{ many { id } }', { many: [null] }],
    ['a function', '{ one { text } }', { one: { text: () => 'late' } }],
    ['a promise below', '{ one { parts { id } } }', { one: { parts: Promise.resolve([]) } }],
    ['a promise in a list', '{ many { size } }', { many: [Promise.resolve(thing)] }],
  ])('%s', async (_name, query, rootValue) => {
    const document = parse(query)
    expect(planOf(query)?.run({}, {}, rootValue)).toBeUndefined()
    const operations = new Operations(schema, new JsonPlans(schema, []))
    const operation = operations.prepare(document, undefined)!
    const { data, errors } = await operations.answer(operation, { given: {}, coerced: {} }, {}, rootValue)
    const expected = await execute({ schema, document, rootValue })
    expect([data && JSON.parse(data), errors]).toEqual([expected.data, expected.errors])
  })

  test.each([
    ['mutations', 'mutation { number }'],
    ['directives', '{ one { id @include(if: true) } }'],
    ['fields that take arguments', '{ one { given(n: 1) } }'],
    ['introspection', '{ __typename }'],
  ])('%s have no plan', (_name, query) => {
    expect(planOf(query)).toBeUndefined()
  })
})

describe('texts that are kept', () => {
  test('an object is written once, until the budget is used up', () => {
    const kept = new JsonFragmentCache(3 * 108 - 1)
    let writes = 0
    const write = kept.memoize(() => {
      writes++
      return 'four'
    })
    const [a, b, c] = [{}, {}, {}]
    for (const one of [a, a, b, b]) expect(write(one)).toBe('four')
    expect(writes).toBe(2)
    write(c) // the third text of 108 bytes: all are dropped
    write(a)
    expect(writes).toBe(4)
  })
})
