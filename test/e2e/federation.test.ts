import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGateway } from '../../client-examples/federation/gateway.ts'
import { startShopSubgraph } from '../../client-examples/federation/shop-subgraph.ts'
import type { Harness } from '../support/server-harness.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const ids = Array.from({ length: 8 }, (_, n) => `tent-${n + 1}`)
/** Between the gateway and Pickstream: counts the requests, keeps their headers, and can be away. */
const requests: (string | undefined)[] = []
let away = false
let pickstream: Harness
let between: Server
let url: string
const open: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  pickstream = await startWholeSystem({ env: { PICKSTREAM_FEDERATION: 'on' } })
  await pickstream.putItems(
    ...ids.map((id) => ({ id, title: `Tent of the catalog ${id}`, categories: ['Camping'], tags: ['tent'] })),
  )
  between = createServer((request, response) => void passOn(request, response))
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const pickstreamUrl = `http://127.0.0.1:${(between.address() as AddressInfo).port}`

  // The last tent is no longer sold: Pickstream has not heard of it yet.
  const products = ids
    .slice(0, -1)
    .map((id, n) => ({ id, title: `Tent of the shop ${id}`, price: 100 + n, inStock: true }))
  const shop = await startShopSubgraph({ products, port: 0 })
  open.push(shop)
  const subgraphs = [
    { name: 'shop', url: shop.url },
    { name: 'pickstream', url: pickstreamUrl },
  ]
  const gateway = await startGateway({ subgraphs, port: 0 })
  open.push(gateway)
  url = gateway.url
})
afterAll(async () => {
  for (const one of open.toReversed()) await one.stop()
  between?.close()
  await pickstream?.close()
})
beforeEach(() => {
  away = false
  requests.length = 0
})

async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests.push(request.headers.authorization)
  const body = await text(request)
  if (away) return void response.writeHead(503).end('{}')
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(pickstream.url, { method: 'POST', headers, body })
  response.writeHead(answer.status, headers).end(await answer.text())
}

// biome-ignore lint/suspicious/noExplicitAny: the tests know what they asked for
async function ask(query: string, variables: object = {}, headers: object = {}): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return response.json()
}

test('what was bought leaves the list that the gateway gives, with titles and prices of the shop', async () => {
  const events = [
    { userId: 'ann', itemId: 'tent-2', type: 'VIEW' },
    { userId: 'ann', itemId: 'tent-3', type: 'PURCHASE' },
  ]
  const record = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
  const { token } = (await ask(record, { events })).data.recordEvents
  const query = `query($after: String) { recommendations(userId: "ann", after: $after, timeoutMs: 20000) {
    picks { reason { __typename } item { id title product { id title price inStock } } } } }`
  const { data, errors } = await ask(query, { after: token })
  expect(errors).toBeUndefined()
  const { picks } = data.recommendations
  const sold = picks.filter(({ item }: { item: { product: object | null } }) => item.product)
  expect(picks.length).toBeGreaterThan(sold.length) // tent-8, which only Pickstream knows
  expect(sold.map(({ item }: { item: { id: string } }) => item.id)).not.toContain('tent-3')
  const { id, title, product } = sold[0].item
  expect([title, product]).toEqual([
    `Tent of the catalog ${id}`,
    { id, title: `Tent of the shop ${id}`, price: expect.any(Number), inStock: true },
  ])
})

test("a type of the shop leads to Pickstream's, and back", async () => {
  const query = `{ shopper(id: "zoe") { user { recommendations(first: 2) { personalized picks { item { product { inStock } } } } } } }`
  const { data, errors } = await ask(query)
  expect(errors).toBeUndefined()
  expect(data.shopper.user.recommendations).toMatchObject({ personalized: false })
  expect(data.shopper.user.recommendations.picks).toHaveLength(2)
})

test('a page of products asks Pickstream once, in the name of the visitor', async () => {
  const query = '{ products { title item { similar(first: 2) { item { id } } } } }'
  const { data, errors } = await ask(query, {}, { authorization: 'Bearer of-the-visitor' })
  expect(errors).toBeUndefined()
  expect(data.products).toHaveLength(7)
  for (const { item } of data.products) expect(item.similar).toHaveLength(2)
  expect(requests).toEqual(['Bearer of-the-visitor'])
})

test('while Pickstream is away the products are there, and the recommendations are null with an error', async () => {
  away = true
  const { data, errors } = await ask('{ product(id: "tent-1") { title item { similar { rank } } } }')
  expect(data).toEqual({ product: { title: 'Tent of the shop tent-1', item: null } })
  expect(errors).toHaveLength(1)
  expect(JSON.stringify(errors)).toContain('503')
})
