import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

/**
 * One shopper (from 127.0.0.3) and one stranger (from 127.0.0.2) who attack a server with everything at once, as a process
 * of their own: `node attackers.js URL TOKEN`. Says `ready` at once, and goes on until it is told to end.
 */
const [url = '', token = ''] = process.argv.slice(2)
const { port, hostname } = new URL(url)
const stranger = '127.0.0.2'
const shopper = '127.0.0.3'
const everyMs = 25
const inFlightMax = 20
const connectionsHeld = 400

const aliases = (count: number, fieldOf: (n: number) => string) =>
  `{${Array.from({ length: count }, (_, n) => `a${n}:${fieldOf(n)}`).join(' ')}}`
const words = Array.from({ length: 16 }, (_, n) => `campin${n}`).join(' ')
const itemIds = Array.from({ length: 1_000 }, (_, n) => `item-${n % 120}`)
const session = JSON.stringify({ events: Array.from({ length: 200 }, (_, n) => ({ itemId: `item-${n % 120}` })) })

/** Operators alone may put rules: it is to be refused before it is read. */
const yamlBombs = [
  Array.from({ length: 20 }, (_, n) => `k${n}: &k${n} [${n === 0 ? 'x' : `*k${n - 1},*k${n - 1}`}]`).join('\n'),
  Array.from({ length: 60_000 }, (_, n) => `k${n}: 1`).join('\n'),
  'boosts: &a\n  - *a',
]

/** What the shopper asks for; n makes documents and ids distinct. Refused or not: the server decides. */
const requests: readonly ((n: number) => { query: string; variables?: object })[] = [
  () => ({ query: aliases(59, () => `catalog(search:"${words}",first:1){totalCount}`) }),
  (n) => ({ query: aliases(40, () => `catalog(search:"${'aeiost'[n % 6]}",first:1){totalCount}`) }),
  () => ({
    query: `query($events:[SessionEventInput!]!)${aliases(40, () => 'sessionRecommendations(events:$events,first:100){picks{rank}}')}`,
    variables: JSON.parse(session),
  }),
  () => ({
    query: `query($events:[SessionEventInput!]!)${aliases(25, () => 'sessionRecommendations(events:$events,first:50){picks{rank}}')}`,
    variables: JSON.parse(session),
  }),
  () => ({
    query: 'query($ids:[ID!]!){items(ids:$ids){similar(first:1){rank}boughtTogether(first:1){rank}}}',
    variables: { ids: itemIds },
  }),
  () => ({
    query: 'query($ids:[ID!]!){items(ids:$ids){similar(first:1){rank}}}',
    variables: { ids: itemIds.slice(0, 110) },
  }),
  (n) => ({ query: `query q${n}_${Date.now()}{items(ids:[${'1 '.repeat(4_900)}]){id}}` }),
  () => ({
    query: `{item(id:"a"){${Array.from({ length: 500 }, (_, n) => `...F${n}`).join(' ')}}}${Array.from({ length: 500 }, (_, n) => `fragment F${n} on Item{id}`).join(' ')}`,
  }),
  () => ({
    query: `query($ids:[ID!]!){items(ids:$ids)${aliases(55, () => 'description')}}`,
    variables: { ids: itemIds },
  }),
  () => ({
    query: `query($exclude:[ID!])${aliases(20, (n) => `recommendations(userId:"eve",first:50,exclude:$exclude,diversity:0.${n + 10},includeSeen:true){picks{rank}}`)}`,
    variables: { exclude: itemIds.map((id) => `x${id}`) },
  }),
  () => ({
    query: `query($ids:[ID!]!)${aliases(20, () => 'rank(userId:"eve",itemIds:$ids){rank}')}`,
    variables: { ids: itemIds },
  }),
  () => ({ query: aliases(20, () => 'home(userId:"eve",rows:20,first:100){rows{id picks{rank}}}') }),
  (n) => ({
    query: 'mutation($ids:[ID!]!,$id:ID!){recordImpressions(userId:"eve",recommendationId:$id,itemIds:$ids){accepted}}',
    variables: { ids: itemIds, id: `forged-${n}` },
  }),
  (n) => ({
    query: 'mutation($source:String!){putRules(source:$source,dryRun:true){version}}',
    variables: { source: yamlBombs[n % yamlBombs.length] },
  }),
  (n) => ({
    query: 'mutation($events:[EventInput!]!){recordEvents(events:$events){accepted}}',
    variables: {
      events: Array.from({ length: 1_000 }, (_, k) => ({
        userId: 'eve',
        itemId: `invented-${n}-${k}-${'x'.repeat(200)}`,
        type: 'PURCHASE',
      })),
    },
  }),
]

const agents = {
  [stranger]: new Agent({ keepAlive: true, maxSockets: inFlightMax }),
  [shopper]: new Agent({ keepAlive: true, maxSockets: inFlightMax }),
}
let inFlight = 0

function post(from: typeof stranger | typeof shopper, body: object): void {
  if (inFlight >= inFlightMax) return
  inFlight++
  const headers = { 'content-type': 'application/json', ...(from === shopper && { authorization: `Bearer ${token}` }) }
  const sent = request(url, { method: 'POST', agent: agents[from], localAddress: from, headers }, (response) => {
    response.resume()
  })
  sent.on('error', () => {})
  sent.on('close', () => inFlight--)
  sent.end(JSON.stringify(body))
}

/** Asks for 8 MB and takes nothing of them off the wire. */
function askAndNeverRead(): void {
  const body = JSON.stringify({
    query: 'query($ids:[ID!]!){items(ids:$ids){description}}',
    variables: { ids: itemIds },
  })
  const socket = connect({ port: Number(port), host: hostname, localAddress: shopper }, () => {
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    socket.pause()
  })
  socket.on('error', () => {})
}

/** Half a request, or nothing at all, and that again as soon as the server has closed it. */
function hold(words: string): void {
  const socket = connect({ port: Number(port), host: hostname, localAddress: stranger }, () => socket.write(words))
  socket.on('error', () => {})
  socket.resume()
  socket.on('close', () => setTimeout(() => hold(words), 1_000))
}

/** Subscriptions with distinct documents, completed and begun again, and pings whose answers count. */
function talk(): void {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress: shopper })
  let n = 0
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return
    const query = `subscription q${n}_${Date.now()}{recommendationsUpdated(userId:"eve",exclude:[${'"a" '.repeat(990)}]){revision}}`
    socket.send(JSON.stringify({ id: `s${n}`, type: 'subscribe', payload: { query } }))
    socket.send(JSON.stringify({ id: `s${n - 10}`, type: 'complete' }))
    for (let k = 0; k < 50; k++) socket.ping('x'.repeat(100))
    n++
  }, everyMs * 4)
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
  )
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(timer)
    setTimeout(talk, 1_000)
  })
}

process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
for (let n = 0; n < connectionsHeld; n++) hold(n % 2 === 0 ? '' : 'POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ')
for (let n = 0; n < 30; n++) talk()
let turn = 0
setInterval(() => {
  const n = turn++
  const next = requests[n % requests.length]
  if (next) post(shopper, next(n))
  post(stranger, { query: `query q${n}_${Date.now()}{items(ids:[${'1 '.repeat(4_900)}]){id}}` })
  if (n % 20 === 0) askAndNeverRead()
}, everyMs)
process.send?.('ready')
