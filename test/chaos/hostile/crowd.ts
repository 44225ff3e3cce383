import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'

/**
 * Clients that no server wishes for, as a process of their own: `node crowd.js URL USERS`; it watches
 * crowd-0 and so on. Says `ready` once they are all
 * there, and goes on until it is told to end.
 */
const [url = '', usersOf = '1'] = process.argv.slice(2)
const users = Number(usersOf)
const counts = { neverReading: 1_000, halfOpen: 200, silent: 200 }
const comeAndGoMs = 10
const hugeFrameMs = 200
const hugeFrame = JSON.stringify({ id: 'x', type: 'subscribe', payload: { query: 'x'.repeat(1_000_000) } })
const openAtOnce = 50

const query = `subscription ($userId: ID!) {
  recommendationsUpdated(userId: $userId, first: 100) { revision picks { rank score item { id title } } }
}`
const subscribe = (id: string, n: number) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { userId: `crowd-${n % users}` } } })

const sockets: (Socket | WebSocket)[] = []

/** Resolves once the server has accepted the connection. */
function greet(): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { handshakeTimeout: 30_000 })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('open', () => socket.send('{"type":"connection_init"}'))
    socket.once('message', () => resolve(socket))
  })
}

/** Subscribes, and never takes anything off the wire again. */
async function neverRead(n: number): Promise<void> {
  const socket = await greet()
  socket.send(subscribe('a', n), () => socket.pause())
}

/** Half a request for a connection, and then nothing. */
function halfOpen(): void {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\nupgr'))
  socket.on('error', () => {})
  sockets.push(socket)
}

/** A socket that never says who it is. */
function silent(): void {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  socket.on('error', () => {})
  sockets.push(socket)
}

async function comeAndGo(): Promise<void> {
  const socket = await greet()
  for (let n = 0; ; n++) {
    if (socket.readyState !== WebSocket.OPEN) throw new Error('the server has had enough')
    socket.send(subscribe(`s${n}`, n))
    socket.send(JSON.stringify({ id: `s${n}`, type: 'complete' }))
    await new Promise((resolve) => setTimeout(resolve, comeAndGoMs))
  }
}

async function sendHugeFrames(): Promise<void> {
  for (;;) {
    const socket = await greet()
    socket.send(hugeFrame)
    await new Promise((resolve) => socket.once('close', resolve))
    sockets.splice(sockets.indexOf(socket), 1)
    await new Promise((resolve) => setTimeout(resolve, hugeFrameMs))
  }
}

/** Whatever the server does about it. */
function forEver(annoy: () => Promise<void>): void {
  void annoy().catch(() => setTimeout(() => forEver(annoy), hugeFrameMs))
}

process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
for (let n = 0; n < counts.halfOpen; n++) halfOpen()
for (let n = 0; n < counts.silent; n++) silent()
for (let n = 0; n < counts.neverReading; n += openAtOnce) {
  await Promise.allSettled(Array.from({ length: openAtOnce }, (_, k) => neverRead(n + k)))
}
forEver(comeAndGo)
forEver(sendHugeFrames)
process.send?.('ready')
