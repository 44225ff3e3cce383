import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGateway } from '../../client-examples/federation/gateway.ts'
import { startRecommendationsSubgraph } from '../../client-examples/federation/recommendations-subgraph.ts'
import { startShopSubgraph } from '../../client-examples/federation/shop-subgraph.ts'
import { eventually, type StartedProcess, startProcess } from '../support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-federation-'))
const ids = Array.from({ length: 8 }, (_, n) => `tent-${n + 1}`)
/** Between the subgraph and Pickstream: counts the requests, keeps their headers, and can be away. */
const requests: (string | undefined)[] = []
let away = false
let pickstream: StartedProcess
let between: Server
let url: string
const open: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  pickstream = await startProcess({
    PICKSTREAM_DATA_DIR: folder,
    PICKSTREAM_DEMO: 'off',
    PICKSTREAM_TRAIN_EVENTS: '0',
    PICKSTREAM_TRAIN_MINUTES: '0',
  })
  const items = ids.map((id) => ({ id, title: `Tent of the catalog ${id}`, categories: ['Camping'], tags: ['tent'] }))
  await ask(pickstream.url, 'mutation($items: [ItemInput!]!) { putItems(items: $items) { token } }', { items })
  await eventually(async () => (await ask(pickstream.url, '{ catalog { totalCount } }')).data.catalog.totalCount === 8)

  between = createServer((request, response) => void passOn(request, response))
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const pickstreamUrl = `http://127.0.0.1:${(between.address() as AddressInfo).port}`

  // The last tent is no longer sold: Pickstream has not heard of it yet.
  const products = ids
    .slice(0, -1)
    .map((id, n) => ({ id, title: `Tent of the shop ${id}`, price: 100 + n, inStock: true }))
  const shop = await startShopSubgraph({ products, port: 0 })
  open.push(shop)
  const recommendations = await startRecommendationsSubgraph({ pickstreamUrl, port: 0 })
  open.push(recommendations)
  const subgraphs = [
    { name: 'shop', url: shop.url },
    { name: 'recommendations', url: recommendations.url },
  ]
  const gateway = await startGateway({ subgraphs, port: 0 })
  open.push(gateway)
  url = gateway.url
})
afterAll(async () => {
  for (const one of open.toReversed()) await one.stop()
  between?.close()
  await pickstream?.stop()
  rmSync(folder, { recursive: true, force: true })
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
async function ask(of: string, query: string, variables: object = {}, headers: object = {}): Promise<any> {
  const response = await fetch(of, {
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
  const { token } = (await ask(pickstream.url, record, { events })).data.recordEvents
  const query = `query($after: String) {
    shopper(id: "ann") { recommendations(after: $after) { why product { id title price inStock } } } }`
  const { data, errors } = await ask(url, query, { after: token })
  expect(errors).toBeUndefined()
  const { recommendations } = data.shopper
  const sold = recommendations.filter(({ product }: { product: { title: string } | null }) => product?.title)
  expect(recommendations.length).toBeGreaterThan(sold.length) // tent-8, which only Pickstream knows
  expect(sold.map(({ product }: { product: { id: string } }) => product.id)).not.toContain('tent-3')
  expect(sold[0].product).toMatchObject({ title: `Tent of the shop ${sold[0].product.id}`, inStock: true })
  for (const { why } of recommendations)
    expect(why).toMatch(/^(because of Tent of the catalog|popular now|matches your taste|new)/)
})

test('a page of products asks Pickstream once, in the name of the visitor', async () => {
  const query = '{ products { title recommendations(first: 2) { product { id } } } }'
  const { data, errors } = await ask(url, query, {}, { authorization: 'Bearer of-the-visitor' })
  expect(errors).toBeUndefined()
  expect(data.products).toHaveLength(7)
  for (const { recommendations } of data.products) expect(recommendations).toHaveLength(2)
  expect(requests).toEqual(['Bearer of-the-visitor'])
})

test('while Pickstream is away the products are there, and the recommendations are null with an error', async () => {
  away = true
  const { data, errors } = await ask(url, '{ product(id: "tent-1") { title recommendations { why } } }')
  expect(data).toEqual({ product: { title: 'Tent of the shop tent-1', recommendations: null } })
  expect(errors[0].path).toEqual(['product', 'recommendations'])
  expect(errors[0].message).toContain('HTTP 503')
})
