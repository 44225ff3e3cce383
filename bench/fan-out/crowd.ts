import { WebSocket } from 'ws'
import type { CrowdOrder } from './messages.ts'
import { obey } from './obey.ts'

/** Many pages in one process: sockets that use graphql-transport-ws and count messages. */
const url = process.argv[2]!.replace('http', 'ws')
const openingAtOnce = 100
const query = `subscription ($userId: ID!) {
  recommendationsUpdated(userId: $userId, first: 20) { revision picks { rank score item { id title price } reason { __typename } } }
}`
const sockets: WebSocket[] = []
let received = 0
let wanted = Number.POSITIVE_INFINITY
let onEnough = () => {}

obey<CrowdOrder>(async (order) => {
  if (order.kind === 'open') {
    for (let n = 0; n < order.sockets; n += openingAtOnce) {
      const count = Math.min(openingAtOnce, order.sockets - n)
      await Promise.all(Array.from({ length: count }, (_, k) => open(order.firstUser + n + k)))
    }
    await until(order.sockets)
  } else if (order.kind === 'watch') {
    for (const socket of sockets) subscribe(socket, 'all', order.user)
    await until(sockets.length)
  } else await until(order.messages)
  return { kind: 'done' }
})
process.send?.({ ready: true })

/** Waits for messages since the last time it waited; some may have come before it was asked. */
async function until(messages: number): Promise<void> {
  wanted = messages
  if (received < wanted) {
    await new Promise<void>((resolve) => {
      onEnough = resolve
    })
  }
  received -= messages
  wanted = Number.POSITIVE_INFINITY
}

async function open(user: number): Promise<void> {
  const socket = new WebSocket(`${url}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send('{"type":"connection_init"}')
  await new Promise((resolve) => socket.once('message', resolve))
  socket.on('message', (message: Buffer) => {
    if (message.length < 200) return // a ping or a complete message
    received++
    if (received >= wanted) onEnough()
  })
  sockets.push(socket)
  subscribe(socket, 'own', user)
}

const subscribe = (socket: WebSocket, id: string, user: number) =>
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { userId: `user-${user}` } } }))
