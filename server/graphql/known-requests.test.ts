import { createHash } from 'node:crypto'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { Documents } from './documents.ts'
import { JsonPlans } from './json-plan.ts'
import { KnownRequests } from './known-requests.ts'
import { Operations } from './operations.ts'

const query = 'query A { a } query B { b }'

function setUp() {
  const schema = buildSchema('type Query { a: Int b: Int }')
  const documents = new Documents({ schema, rules: [], suggestions: true, tokensMax: 100 })
  documents.keep(documents.check(query))
  return new KnownRequests(new Operations(schema, new JsonPlans(schema, [])), documents)
}

const hash = createHash('sha256').update(query).digest('hex')
const byHash = (persistedQuery: unknown, more: object = {}) => ({ extensions: { persistedQuery, ...more } })

test('a request is known by its text, or by its hash alone, and names its operation', () => {
  const known = setUp()
  const text = known.find({ query, operationName: 'B', variables: { x: 1 } })
  expect([text?.operation.name, text?.variables]).toEqual(['B', { x: 1 }])
  const byItsHash = known.find({ ...byHash({ version: 1, sha256Hash: hash }), operationName: 'A', variables: null })
  expect([byItsHash?.operation.name, byItsHash?.variables]).toEqual(['A', undefined])
})

test.each([
  ['another text', { query: `${query} `, operationName: 'A' }],
  ['no such operation', { query, operationName: 'C' }],
  ['no operation where there are two', { query }],
  ['variables that are none', { query, operationName: 'A', variables: [] }],
  ['variables as text', { query, operationName: 'A', variables: '{}' }],
  ['an operation name that is none', { query, operationName: 1 }],
  ['another hash', { ...byHash({ version: 1, sha256Hash: 'other' }), operationName: 'A' }],
  ['another version of hashes', { ...byHash({ version: 2, sha256Hash: hash }), operationName: 'A' }],
  ['a hash with a text, which must be compared', { query, ...byHash({ version: 1, sha256Hash: hash }) }],
  ['other extensions', { ...byHash({ version: 1, sha256Hash: hash }, { other: 1 }), operationName: 'A' }],
  ['several requests', [{ query, operationName: 'A' }]],
  ['text', 'query'],
  ['nothing', null],
])('%s is for Apollo to look at', (_name, body) => {
  expect(setUp().find(body)).toBeUndefined()
})

test('an Accept header is known once Apollo has chosen for it', () => {
  const known = setUp()
  expect(known.contentTypeFor(undefined)).toBeUndefined()
  known.rememberContentType(undefined, 'application/json')
  known.rememberContentType('text/html', undefined)
  expect([known.contentTypeFor(undefined), known.contentTypeFor('text/html')]).toEqual(['application/json', undefined])
})
