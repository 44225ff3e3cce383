import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ServerOrder } from './messages.ts'
import { obey } from './obey.ts'
import { ownMemory } from './own-memory.ts'

/** ws alone: the same number of bytes, encoded once, to one socket or to all. */
const body = Buffer.alloc(Number(process.argv[2]), 'x')
const everyone = Number(process.argv[3])
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
const byUser = new Map<number, WebSocket>()
const watchers = new Set<WebSocket>()
let users: readonly number[] = []

server.on('connection', (socket) => {
  socket.on('message', (message) => {
    const { type, payload } = JSON.parse(String(message)) as {
      type: string
      payload?: { variables: { userId: string } }
    }
    if (type === 'connection_init') return socket.send('{"type":"connection_ack"}')
    const user = Number(payload?.variables.userId.slice('user-'.length))
    if (user === everyone) watchers.add(socket)
    else byUser.set(user, socket)
    socket.send(body, { binary: false })
  })
})

obey<ServerOrder>(async (order) => {
  if (order.kind === 'memory') return ownMemory()
  if (order.kind === 'prepare') {
    users = order.users
    return { kind: 'done' }
  }
  for (const user of users) {
    if (user === everyone) for (const socket of watchers) socket.send(body, { binary: false })
    else byUser.get(user)?.send(body, { binary: false })
  }
  return { kind: 'done' }
})
server.once('listening', () => {
  process.send?.({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
if (server.address()) process.send?.({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
