import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { compileRelay } from './compile-relay.ts'

const schema = readFileSync('schema/schema.graphql', 'utf8')

test('relay-compiler takes the schema, and @connection on every connection of it', () => {
  const compiled = compileRelay([
    `query CacheCatalog($first: Int!, $after: String) {
       catalog(first: $first, after: $after) @connection(key: "Cache_catalog") { edges { node { id title } } }
     }`,
    `query CacheEvents($first: Int!, $after: String) {
       user(id: "ann") {
         events(first: $first, after: $after) @connection(key: "Cache_events") { edges { node { eventId } } }
       }
     }`,
  ])
  for (const { params } of Object.values(compiled)) expect(params.text).toContain('pageInfo')
})

test('every connection has edges with cursor and node, and a PageInfo as Relay specifies it', () => {
  const bodies = new Map([...schema.matchAll(/^type (\w+) \{([^}]*)\}/gm)].map(([, name, body]) => [name!, body!]))
  const connections = [...bodies].filter(([name]) => name.endsWith('Connection'))
  expect(connections.length).toBeGreaterThanOrEqual(2)
  for (const [name, body] of connections) {
    const edge = name.replace('Connection', 'Edge')
    expect(body).toMatch(new RegExp(`edges: \\[${edge}!\\]!`))
    expect(body).toMatch(/pageInfo: PageInfo!/)
    expect(bodies.get(edge)).toMatch(/cursor: String!/)
  }
  const pageInfo = bodies.get('PageInfo')
  const fields = ['hasNextPage: Boolean!', 'hasPreviousPage: Boolean!', 'startCursor: String\n', 'endCursor: String\n']
  for (const field of fields) expect(pageInfo).toContain(field)
})

test('composes with another subgraph that has connections and a shareable PageInfo of its own', async () => {
  const require = createRequire(import.meta.url)
  const { composeServices } = require('@apollo/composition') as typeof import('@apollo/composition')
  const { parse } = require('graphql') as typeof import('graphql')
  const orders = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])
    type Query { orders(first: Int): OrderConnection! }
    type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
    type OrderEdge { cursor: String! node: Order! }
    type Order @key(fields: "id") { id: ID! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  `)
  const { errors, supergraphSdl } = composeServices([
    { name: 'pickstream', typeDefs: parse(schema) },
    { name: 'orders', typeDefs: orders },
  ])
  expect(errors?.map(({ message }) => message) ?? []).toEqual([])
  expect(supergraphSdl).toContain('hasPreviousPage')
})
