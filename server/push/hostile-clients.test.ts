import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
})
afterAll(() => harness.close())

const text = `subscription ($u: ID!) { recommendationsUpdated(userId: $u, first: 2) { revision picks { item { id } } } }`
const subscribe = (id: string, u: string) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: text, variables: { u } } })

/** A socket that has been let in; what comes is left unread where `reads` is false. */
async function connect({ reads }: { reads: boolean }): Promise<WebSocket> {
  const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  if (!reads) socket.pause()
  return socket
}

async function metric(name: string): Promise<number> {
  const page = await (await fetch(harness.url.replace('/graphql', '/metrics'))).text()
  const line = page.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1))
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('who asks and asks and never reads the answers is cut off', async () => {
  const socket = await connect({ reads: false })
  socket.on('error', () => {}) // a reset while it writes
  const ping = JSON.stringify({ type: 'ping', payload: { echo: 'x'.repeat(60_000) } })
  let isClosed = false
  const closed = once(socket, 'close').then(() => {
    isClosed = true
  })
  while (!isClosed) {
    socket.send(ping, () => {})
    await new Promise((resolve) => setImmediate(resolve))
  }
  await closed
})

test('a frame beyond what a message may be ends the socket', async () => {
  const socket = await connect({ reads: true })
  const closed = once(socket, 'close')
  socket.send('x'.repeat(1_000_000))
  expect((await closed)[0]).toBe(1009)
})

test('those who never read delay nobody, and are on the newest list once they do read', async () => {
  await harness.publishList('busy', aList({ offset: 1, unseen: ranked('a', 'b') }))
  const silent = await Promise.all(Array.from({ length: 20 }, () => connect({ reads: false })))
  for (const socket of silent) socket.send(subscribe('1', 'busy'))
  await until(async () => (await metric('pickstream_subscribers')) === silent.length)
  const watcher = harness.watch(text, { u: 'busy' })
  await watcher.message(0)
  for (let offset = 2; offset <= 30; offset++) {
    await harness.publishList('busy', aList({ offset, unseen: offset % 2 === 0 ? ranked('c', 'b') : ranked('b', 'a') }))
  }
  await harness.publishList('busy', aList({ offset: 31, unseen: ranked('c', 'a') }))
  const newest = '["c","a"]'
  const ids = (message: string) => JSON.stringify([...message.matchAll(/"item":\{"id":"(\w)"/g)].map(([, id]) => id))
  await until(async () => ids(JSON.stringify(watcher.received.at(-1))) === newest)
  for (const socket of silent) {
    const onNewest = new Promise<void>((resolve) => {
      socket.on('message', (data) => ids(String(data)) === newest && resolve())
    })
    socket.resume()
    await onNewest
    socket.terminate()
  }
  watcher.stop()
})

test('who subscribes and leaves without end leaves nothing behind', async () => {
  await until(async () => (await metric('pickstream_subscribers')) === 0)
  const socket = await connect({ reads: true })
  let answers = 0
  socket.on('message', () => answers++)
  for (let n = 0; n < 500; n++) {
    socket.send(subscribe(String(n), `passer-by-${n % 7}`))
    socket.send(JSON.stringify({ id: String(n), type: 'complete' }))
  }
  socket.send(subscribe('last', 'passer-by'))
  await until(async () => answers > 0 && (await metric('pickstream_subscribers')) === 1)
  socket.close()
  await until(async () => (await metric('pickstream_subscribers')) + (await metric('pickstream_sockets')) === 0)
})

test('an item that is made unavailable leaves every open list, however many there are', async () => {
  const users = Array.from({ length: 300 }, (_, n) => `crowd-${n}`)
  for (const user of users) await harness.publishList(user, aList({ offset: 40, unseen: ranked('a', 'b', 'c') }))
  const sockets = await Promise.all(Array.from({ length: 15 }, () => connect({ reads: true })))
  const shown = new Map<string, string>()
  for (const [n, socket] of sockets.entries()) {
    socket.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data))
      if (payload) shown.set(id, JSON.stringify(payload))
    })
    for (const user of users.slice(n * 20, n * 20 + 20)) socket.send(subscribe(user, user))
  }
  await until(async () => shown.size === users.length)
  await harness.putItems({ id: 'a', available: false })
  await until(async () => [...shown.values()].every((list) => list.includes('"c"') && !list.includes('"a"')))
  for (const socket of sockets) socket.terminate()
})

test('subscribe, complete and subscribe with one id in one turn leave one subscription, and none after the end', async () => {
  await until(async () => (await metric('pickstream_subscribers')) === 0)
  const socket = await connect({ reads: true })
  const received: { id?: string; type: string }[] = []
  socket.on('message', (data) => received.push(JSON.parse(String(data))))
  for (let round = 0; round < 30; round++) {
    for (let n = 0; n < 15; n++) {
      socket.send(subscribe('same', `twin-${round}-${n}`))
      socket.send('{"id":"same","type":"complete"}')
    }
    socket.send(subscribe('same', `twin-${round}`))
    const before = received.length
    await until(async () => received.length > before)
    if (round < 29) socket.send('{"id":"same","type":"complete"}')
  }
  await until(async () => (await metric('pickstream_subscribers')) === 1)
  expect(received.filter(({ type }) => type !== 'next')).toEqual([])
  const before = received.length
  await harness.publishList('twin-29', aList({ offset: 1, unseen: ranked('a', 'b') }))
  await until(async () => received.length > before)
  socket.close()
  await until(async () => (await metric('pickstream_subscribers')) === 0)
})

test('a subscription that is completed before its new document was read leaves nothing behind', async () => {
  const before = await metric('pickstream_subscribers')
  const socket = await connect({ reads: true })
  for (let n = 0; n < 30; n++) {
    const query = text.replace('($u: ID!)', `Q${n}($u: ID!)`)
    socket.send(JSON.stringify({ id: `${n}`, type: 'subscribe', payload: { query, variables: { u: 'busy' } } }))
    socket.send(JSON.stringify({ id: `${n}`, type: 'complete' }))
  }
  socket.send(subscribe('last', 'busy'))
  await new Promise<void>((resolve) => {
    socket.on('message', (data) => String(data).includes('"id":"last"') && resolve())
  })
  await until(async () => (await metric('pickstream_queued_tasks{kind="documents"}')) === 0)
  expect(await metric('pickstream_subscribers')).toBe(before + 1)
  socket.terminate()
})

test('of the pings of one turn the newest is answered; a flood of them ends the socket', async () => {
  const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
  await once(socket, 'open')
  const pongs: string[] = []
  socket.on('pong', (data) => pongs.push(String(data)))
  socket.on('error', () => {}) // a reset while it writes
  for (let n = 0; n < 100; n++) socket.ping(String(n))
  await until(async () => pongs.includes('99'))
  expect(pongs.length).toBeLessThan(50)
  const closed = once(socket, 'close')
  for (let n = 0; n < 600; n++) socket.ping()
  expect([4429, 1006]).toContain((await closed)[0])
})
