import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import { UnsentAnswers } from './unsent.ts'

const secret = 'a secret of at least thirty-two characters'
const hash = (key: string) => createHash('sha256').update(key).digest('hex')
const access = {
  PICKSTREAM_ACCESS_JWT_SECRET: secret,
  PICKSTREAM_ACCESS_API_KEYS: `op:operator:${hash('operator-key')}`,
  PICKSTREAM_LIMIT_RATE: '0',
}
const tokenOf = (sub: string) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
const shopper = async (sub: string) => ({ authorization: `Bearer ${await tokenOf(sub)}` })
const open = async (harness: Harness): Promise<Socket> => {
  const socket = connect(Number(new URL(harness.url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
const closed = (socket: Socket) => (socket.closed ? Promise.resolve([]) : once(socket, 'close'))

describe('the size of an answer', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness({ env: { PICKSTREAM_LIMIT_ANSWER_KB: '64' } })
    await harness.putItems(
      { id: 'long', description: 'd'.repeat(20_000) },
      { id: 'wide', description: '€'.repeat(11_000) },
    )
  })
  afterAll(() => harness.close())

  const rule = 'expected an answer of at most 65536 bytes; ask for fewer rows, fields or aliases'
  test.each([
    ['rows', '{ items(ids: ["long", "long", "long", "long"]) { description } }'],
    ['aliases of a field', '{ item(id: "long") { a: description b: description c: description d: description } }'],
    [
      'aliases at the top',
      '{ a: item(id: "long") { description } b: item(id: "long") { description } c: item(id: "long") { description } d: item(id: "long") { description } }',
    ],
    ['bytes, not characters', '{ a: item(id: "wide") { description } b: item(id: "wide") { description } }'],
    [
      'fields with resolvers',
      '{ trending(first: 2) { item { a: description b: description similar(first: 2) { item { description } } } } }',
    ],
    [
      'directives',
      '{ item(id: "long") { a: description b: description c: description d: description @include(if: true) } }',
    ],
  ])('%s beyond the limit are refused, on every way through the server', async (_name, query) => {
    // The first request goes through Apollo, the next find the document; the fifth finds it compiled.
    for (let time = 0; time < 6; time++) {
      const response = await harness.post({ query })
      const { data, errors } = (await response.json()) as {
        data?: unknown
        errors: { message: string; extensions: object }[]
      }
      expect([response.status, data, errors[0]!.message]).toEqual([400, undefined, rule])
      expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
    }
  })

  test('over a socket too', async () => {
    const query = '{ item(id: "long") { a: description b: description c: description d: description } }'
    expect((await harness.watch(query).message(0)).errors?.[0]?.message).toBe(rule)
    const pushed =
      'subscription { trendingUpdated(first: 2) { item { a: description b: description c: description } } }'
    expect((await harness.watch(pushed).message(0)).errors?.[0]?.message).toBe(rule)
  })

  test('errors that carry a list count', async () => {
    const { data } = await harness.ask(
      'mutation { recordEvents(events: [{ userId: "u", itemId: "long", type: VIEW }]) { token } }',
    )
    const list = (n: number) =>
      `a${n}: recommendations(userId: "u", first: 2, after: "${data.recordEvents.token}", timeoutMs: 0) { id }`
    const one = await harness.ask(`{ ${list(0)} }`)
    expect(one.errors?.[0]?.extensions.code).toBe('PICKS_NOT_FRESH')
    const session = await harness.ask(`{ ${[0, 1, 2].map(list).join(' ')} }`)
    expect(JSON.stringify(session).length).toBeLessThan(65_536)
  })

  test('an answer just within the limit passes', async () => {
    const { data } = await harness.ask('{ items(ids: ["long", "long", "long"]) { description } }')
    expect(data.items).toHaveLength(3)
  })
})

describe('answers that nobody reads', () => {
  let harness: Harness
  let body: string
  beforeAll(async () => {
    harness = await startHarness({ env: { ...access, PICKSTREAM_LIMIT_SEND_MS: '2000' } })
    await harness.putItems(
      ...Array.from({ length: 4 }, (_, n) => ({ id: `i${n}`, description: `${n}`.repeat(20_000) })),
    )
    const ids = Array.from({ length: 400 }, (_, n) => `i${n % 4}`)
    body = JSON.stringify({ query: 'query ($i: [ID!]!) { items(ids: $i) { description } }', variables: { i: ids } })
  })
  afterAll(() => harness.close())

  const unread = async (authorization: string) => {
    const socket = await open(harness)
    socket.pause()
    const head = [
      'POST /graphql HTTP/1.1',
      'host: shop',
      'content-type: application/json',
      `authorization: ${authorization}`,
    ]
    socket.write(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    return socket
  }
  const unsent = async () => {
    const response = await fetch(new URL('/metrics', harness.url), { headers: { 'x-api-key': 'operator-key' } })
    return Number(/^pickstream_unsent_bytes (\d+)$/m.exec(await response.text())?.[1])
  }

  test('a client with 32 MB unread gets no more of them, others do; who does not read is cut off', async () => {
    const { authorization } = await shopper('eve')
    const sockets = await Promise.all(Array.from({ length: 5 }, () => unread(authorization)))
    await expect.poll(unsent).toBeGreaterThan(32 * 2 ** 20)
    const refused = await harness.post({ query: '{ __typename }' }, { authorization })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await harness.post({ query: '{ __typename }' }, await shopper('ada'))).status).toBe(200)
    await expect.poll(unsent).toBe(0)
    for (const socket of sockets) socket.destroy()
    expect((await harness.post({ query: '{ __typename }' }, { authorization })).status).toBe(200)
  })

  test('the bounds are those of the class', () => {
    const answers = new UnsentAnswers(100, 250)
    const eve = { client: 'eve', shared: false }
    const release = answers.add('eve', 100)
    expect(() => answers.check(eve)).toThrow('expected at most 100 bytes of answers')
    expect(() => answers.check({ client: 'eve', shared: true })).not.toThrow()
    answers.add('ada', 150)
    expect(() => answers.check({ client: 'ben', shared: false })).toThrow('too many answers')
    release()
    release()
    expect(answers.bytes).toBe(150)
    expect(() => answers.check(eve)).not.toThrow()
  })
})

describe('connections', () => {
  let harness: Harness
  beforeAll(async () => {
    const limits = {
      PICKSTREAM_LIMIT_CONNECTIONS_PER_CLIENT: '4',
      PICKSTREAM_LIMIT_HEADERS_MS: '1000',
      PICKSTREAM_LIMIT_SOCKETS_PER_CLIENT: '2',
    }
    harness = await startHarness({ env: { ...access, ...limits } })
  })
  afterAll(() => harness.close())

  test('of one address are limited; those without a request are closed, which makes room', async () => {
    const silent = await Promise.all([open(harness), open(harness), open(harness)])
    const slow = await open(harness)
    slow.write('POST /graphql HTTP/1.1\r\nhost: shop\r\nx-slow: ')
    const beyond = await open(harness)
    await closed(beyond)
    for (const socket of [...silent, slow]) socket.resume()
    await Promise.all([...silent, slow].map(closed))
    expect((await harness.post({ query: '{ __typename }' })).status).toBe(401)
  })

  test('what the open subscriptions of one client hold is limited, and free once they end', async () => {
    const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
    await once(socket, 'open')
    const received: { id?: string; type: string; payload?: { extensions: { code: string } }[] }[] = []
    socket.on('message', (data) => received.push(JSON.parse(String(data))))
    const send = (message: object) => socket.send(JSON.stringify(message))
    const first = (id: string) => received.find((message) => message.id === id)
    send({ type: 'connection_init', payload: await shopper('eve') })
    await expect.poll(() => received.length).toBe(1)
    /** 1,000 tokens, each of which accounts for 1 kB. */
    const subscribe = async (id: string) => {
      const query = `subscription ${id} { recommendationsUpdated(userId: "eve", exclude: [${'"a" '.repeat(1_000)}]) { id } }`
      send({ id, type: 'subscribe', payload: { query } })
      await expect.poll(() => first(id)).toBeDefined()
      return first(id)
    }
    for (let n = 0; n < 16; n++) expect((await subscribe(`s${n}`))?.type).toBe('next')
    expect(await subscribe('beyond')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    })
    send({ id: 's0', type: 'complete' })
    expect((await subscribe('again'))?.type).toBe('next')
    socket.terminate()
  })

  test('WebSockets are limited by shopper where one is known', async () => {
    const socketOf = async (sub: string) => {
      const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
      await once(socket, 'open')
      const outcome = new Promise<string | number>((resolve) => {
        socket.on('message', (data) => resolve(JSON.parse(String(data)).type))
        socket.on('close', resolve)
      })
      socket.send(JSON.stringify({ type: 'connection_init', payload: await shopper(sub) }))
      return { socket, outcome: await outcome }
    }
    const eve = [await socketOf('eve'), await socketOf('eve')]
    const third = await socketOf('eve')
    const ada = await socketOf('ada')
    expect([...eve, third, ada].map(({ outcome }) => outcome)).toEqual([
      'connection_ack',
      'connection_ack',
      1013,
      'connection_ack',
    ])
    eve[0]!.socket.close()
    await once(eve[0]!.socket, 'close')
    await expect.poll(async () => (await socketOf('eve')).outcome).toBe('connection_ack')
    for (const { socket } of [...eve, ada]) socket.terminate()
  })
})
