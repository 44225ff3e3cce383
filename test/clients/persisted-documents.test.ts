import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openStream, postStream } from '../support/event-stream.ts'
import { type Harness, startHarness, watchWith } from '../support/server-harness.ts'
import { persistWithRelay } from './compile-relay.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-manifests-'))
const manifestOf = (name: string) => new URL(`manifests/${name}`, import.meta.url).pathname
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

const shelfText = 'query CacheShelf($ids: [ID!]!) { items(ids: $ids) { id title } }'
const relayFile = join(folder, 'relay.json')
writeFileSync(
  relayFile,
  persistWithRelay([shelfText, 'subscription CacheTrend { trendingUpdated(first: 3) { rank } }'], 'MD5'),
)

/** Ids of the query and of the subscription of each manifest. */
const idsOf = (documents: Record<string, string>): [string, string] => {
  const id = (kind: string) => Object.keys(documents).find((one) => documents[one]!.includes(`${kind} `))!
  return [id('query'), id('subscription')]
}
const apollo: { operations: { id: string; body: string }[] } = json(manifestOf('apollo.json'))
const manifests: [string, [string, string]][] = [
  ['graphql-codegen', idsOf(json(manifestOf('graphql-codegen.json')))],
  ['Apollo', idsOf(Object.fromEntries(apollo.operations.map(({ id, body }) => [id, body])))],
  ['Relay', idsOf(json(relayFile))],
]

let harness: Harness
let openHarness: Harness
beforeAll(async () => {
  const files = [manifestOf('graphql-codegen.json'), manifestOf('apollo.json'), relayFile].join(',')
  harness = await startHarness({ env: { PICKSTREAM_OPERATIONS: 'listed', PICKSTREAM_OPERATIONS_FILE: files } })
  openHarness = await startHarness()
  await harness.putItems({ id: 'a', title: 'A' })
  await openHarness.putItems({ id: 'a', title: 'A' })
})
afterAll(async () => {
  await harness?.close()
  await openHarness?.close()
  rmSync(folder, { recursive: true })
})

const variables = { ids: ['a'] }
const items = [expect.objectContaining({ id: 'a', title: 'A' })]
/** The first message of an operation. The client of graphql-ws wants a text, if an empty one. */
async function overSocket(payload: object): Promise<unknown> {
  const client = socket(harness)
  const message = await new Promise((resolve) =>
    client.subscribe({ query: '', ...payload }, { next: resolve, error: resolve, complete: () => {} }),
  )
  await client.dispose()
  return message
}

const socket = (of: Harness) =>
  createClient({ url: of.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 })

describe.each(manifests)('the manifest of %s', (_, [queryId, subscriptionId]) => {
  test('a query by documentId: POST, GET, server-sent events, WebSocket', async () => {
    const posted = await harness.post({ documentId: queryId, variables })
    expect(await posted.json()).toEqual({ data: { items } })
    const parameters = new URLSearchParams({ documentId: queryId, variables: JSON.stringify(variables) })
    const got = await fetch(`${harness.url}?${parameters}`, { headers: { 'apollo-require-preflight': 'true' } })
    expect(await got.json()).toEqual({ data: { items } })
    const stream = await openStream(`${harness.url}/stream?${parameters}`)
    expect((await stream.next())?.data).toEqual({ data: { items } })
    const message = await overSocket({ documentId: queryId, variables })
    expect(message).toEqual({ data: { items } })
  })

  test('a subscription by documentId: WebSocket, server-sent events', async () => {
    const trend = await overSocket({ documentId: subscriptionId })
    expect(trend).toEqual({ data: { trendingUpdated: expect.any(Array) } })
    const stream = await postStream(`${harness.url}/stream`, { documentId: subscriptionId })
    expect((await stream.next())?.data).toEqual(trend)
    stream.close()
  })

  test('by the extension of Apollo, over HTTP and WebSocket', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: queryId } }
    expect(await (await harness.post({ variables, extensions })).json()).toEqual({ data: { items } })
    const message = await overSocket({ variables, extensions })
    expect(message).toEqual({ data: { items } })
  })
})

describe('texts of clients', () => {
  test('Apollo Client adds __typename, and is let through', async () => {
    const client = new ApolloClient({ link: new HttpLink({ uri: harness.url }), cache: new InMemoryCache() })
    const { data } = await client.query<{ items: unknown }>({ query: gql(shelfText), variables })
    expect(data?.items).toEqual([{ __typename: 'Item', id: 'a', title: 'A' }])
    client.stop()
  })

  test('a document that is not valid is refused like any other, and its errors tell nothing of the schema', async () => {
    const response = await harness.post({ query: '{ items(ids: []) { nothing } }' })
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
    expect([response.status, errors.map(({ extensions }) => extensions.code)]).toEqual([403, ['FORBIDDEN']])
    expect(JSON.stringify(errors)).not.toContain('nothing')
  })

  test('other fields are not, by any transport', async () => {
    const query = shelfText.replace('title', 'title price')
    expect((await harness.post({ query, variables })).status).toBe(403)
    const client = socket(harness)
    const { errors } = await watchWith(client, query, variables).message(0)
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await client.dispose()
    const stream = await postStream(`${harness.url}/stream`, { query, variables })
    expect((await stream.next())?.data.errors[0].extensions.code).toBe('FORBIDDEN')
  })
})

describe('ids', () => {
  test('one that nothing is known of is 400 PERSISTED_QUERY_NOT_FOUND, by socket an error', async () => {
    const response = await harness.post({ documentId: 'sha256:0000' })
    const { errors } = (await response.json()) as { errors: { extensions: object }[] }
    expect(response.status).toBe(400)
    expect(errors[0]!.extensions).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
      retriable: false,
      issues: [{ path: 'documentId', message: 'expected the id of a document that the server has, got "sha256:0000"' }],
    })
    const refused = await overSocket({ documentId: 'nothing' })
    expect(refused).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }])
  })

  test.each([
    [{ documentId: 'a', query: '{ __typename }' }, 'documentId or query, not both'],
    [{ documentId: 7 }, 'a string of 1..256 characters'],
    [{ documentId: 'x'.repeat(257) }, 'a string of 1..256 characters'],
  ])('%j is refused', async (body, rule) => {
    const response = await harness.post(body)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(rule)
  })

  test('without a list, sha256: names what an authorized client has run', async () => {
    const { createHash } = await import('node:crypto')
    const documentId = `sha256:${createHash('sha256').update(shelfText).digest('hex')}`
    expect((await openHarness.post({ documentId, variables })).status).toBe(400)
    await openHarness.ask(shelfText, variables)
    expect(await (await openHarness.post({ documentId, variables })).json()).toEqual({ data: { items } })
  })
})

describe('a server does not start', () => {
  test.each([
    ['with a list that is required and not named', undefined, 'expected a file while PICKSTREAM_OPERATIONS is listed'],
    ['with a file of another form', '{"a": 1}', 'expected a list of GraphQL documents, an object of them by id'],
    ['with a document that cannot be parsed', '["{ a "]', 'Syntax Error'],
    [
      'with two documents for one id',
      JSON.stringify({
        format: 'apollo-persisted-query-manifest',
        operations: ['a', 'b'].map((field) => ({ id: 'x', body: `{ ${field} }` })),
      }),
      'expected one document for the id x',
    ],
  ])('%s', async (_, content, reason) => {
    const file = join(folder, 'bad.json')
    if (content !== undefined) writeFileSync(file, content)
    const env = { PICKSTREAM_OPERATIONS: 'listed', ...(content !== undefined && { PICKSTREAM_OPERATIONS_FILE: file }) }
    await expect(startHarness({ env })).rejects.toThrow(reason)
  })
})
