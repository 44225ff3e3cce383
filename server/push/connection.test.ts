import fc from 'fast-check'
import { GraphQLError } from 'graphql'
import { expect, test, vi } from 'vitest'
import { Connection, type SocketOperation } from './connection.ts'

function setUp({ protocol = 'graphql-transport-ws', admits = true } = {}) {
  const sent: Record<string, unknown>[] = []
  const closed: number[] = []
  const started: SocketOperation[] = []
  const socket = {
    protocol,
    send: (text: string) => sent.push(JSON.parse(text)),
    close: (code: number) => closed.push(code),
  }
  const hooks = {
    connect: async () => admits,
    start: (operation: SocketOperation) => started.push(operation),
    formatErrors: (errors: readonly GraphQLError[]) => errors.map(({ message }) => ({ message })),
    onOperationEnd: () => {},
  }
  const connection = new Connection(socket, hooks, 1_000)
  return { connection, sent, closed, started, say: (message: unknown) => connection.receive(JSON.stringify(message)) }
}

async function acknowledged() {
  const parts = setUp()
  parts.say({ type: 'connection_init' })
  await admission()
  expect(parts.sent).toEqual([{ type: 'connection_ack' }])
  parts.sent.length = 0
  return parts
}

/** The promise of `connect`, and what waits for it. */
const admission = () => new Promise((resolve) => setImmediate(resolve))

const subscribe = (id: string) => ({ id, type: 'subscribe', payload: { query: '{ a }' } })

test('whatever order subscribe, complete, late resources and the end come in, each resource is released exactly once', async () => {
  const ids = fc.constantFrom('a', 'b')
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constantFrom('subscribe', 'complete', 'server ends'), id: ids }),
      fc.record({ do: fc.constant('resource arrives'), nth: fc.nat(20) }),
    ),
    { maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const { connection, closed, started, say } = await acknowledged()
      const held: { operation: SocketOperation; released: number }[] = []
      const waiting = () => started.filter((one) => !held.some(({ operation }) => operation === one))
      const give = (operation: SocketOperation) => {
        const resource = { operation, released: 0 }
        held.push(resource)
        operation.hold(() => resource.released++)
      }
      const open = new Set<string>()
      for (const step of plan) {
        if ('nth' in step) {
          const operations = waiting()
          if (operations.length > 0) give(operations[step.nth % operations.length]!)
        } else if (step.do === 'subscribe') {
          if (!open.has(step.id)) say(subscribe(step.id))
          open.add(step.id)
        } else {
          if (step.do === 'complete') say({ id: step.id, type: 'complete' })
          else started.findLast(({ id, ended }) => id === step.id && !ended)?.refuse([new GraphQLError('no')])
          open.delete(step.id)
        }
        expect(connection.size).toBe(open.size)
      }
      connection.closed()
      for (const operation of waiting()) give(operation)
      expect(held.map(({ released }) => released)).toEqual(held.map(() => 1))
      expect(connection.size).toBe(0)
      expect(closed).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('nothing is sent under the id of an operation that has ended', async () => {
  const { sent, started, say } = await acknowledged()
  say(subscribe('1'))
  say({ id: '1', type: 'complete' })
  say(subscribe('1'))
  started[0]!.refuse([new GraphQLError('late')])
  started[0]!.answer({ data: '{"a":1}' })
  expect(sent).toEqual([])
  started[1]!.answer({ data: '{"a":2}' })
  expect(sent).toEqual([
    { id: '1', type: 'next', payload: { data: { a: 2 } } },
    { id: '1', type: 'complete' },
  ])
})

test('errors before the execution come as error, errors of fields as next', async () => {
  const { sent, started, say } = await acknowledged()
  say(subscribe('1'))
  started[0]!.refuse([new GraphQLError('no')])
  say(subscribe('2'))
  started[1]!.answer({ data: '{"a":null}', errors: [new GraphQLError('field')] })
  expect(sent).toEqual([
    { id: '1', type: 'error', payload: [{ message: 'no' }] },
    { id: '2', type: 'next', payload: { errors: [{ message: 'field' }], data: { a: null } } },
    { id: '2', type: 'complete' },
  ])
})

test.each([
  ['a message that is no JSON', 4400, ['{nope']],
  ['a message of an unknown type', 4400, ['{"type":"start","id":"1"}']],
  ['a message that only servers send', 4400, ['{"type":"next","id":"1","payload":{}}']],
  ['null', 4400, ['null']],
  ['an empty id', 4400, [JSON.stringify(subscribe(''))]],
  ['no query', 4400, ['{"type":"subscribe","id":"1","payload":{}}']],
  ['variables that are no object', 4400, ['{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":"x"}}']],
  ['connection_init again', 4429, ['{"type":"connection_init"}']],
  ['an id that is open', 4409, [JSON.stringify(subscribe('1')), JSON.stringify(subscribe('1'))]],
  ['an id that is open and long', 4409, Array(2).fill(JSON.stringify(subscribe('x'.repeat(500))))],
])('%s closes the socket with %i and ends everything', async (_, code, messages) => {
  const { connection, closed } = await acknowledged()
  for (const message of messages) connection.receive(message)
  expect(closed).toEqual([code])
  expect(connection.size).toBe(0)
})

test('subscribe before connection_ack closes with 4401', () => {
  const { closed, say } = setUp()
  say({ type: 'connection_init' })
  say(subscribe('1'))
  expect(closed).toEqual([4401])
})

test('a client that is not admitted is closed with 4403', async () => {
  const { closed, say } = setUp({ admits: false })
  say({ type: 'connection_init' })
  await admission()
  expect(closed).toEqual([4403])
})

test('another subprotocol is closed with 4406', () => {
  expect(setUp({ protocol: '' }).closed).toEqual([4406])
})

test('a client that never sends connection_init is closed with 4408', () => {
  vi.useFakeTimers()
  try {
    const { closed } = setUp()
    vi.advanceTimersByTime(1_001)
    expect(closed).toEqual([4408])
  } finally {
    vi.useRealTimers()
  }
})

test('pings are answered with their payload, at any time', () => {
  const { sent, say } = setUp()
  say({ type: 'ping' })
  say({ type: 'ping', payload: { a: 1 } })
  say({ type: 'pong' })
  expect(sent).toEqual([{ type: 'pong' }, { type: 'pong', payload: { a: 1 } }])
})

test('a subscribe message without a text is taken where it names a persisted document', async () => {
  const { say, started, closed } = await acknowledged()
  say({ id: '1', type: 'subscribe', payload: { documentId: 'sha256:00' } })
  say({ id: '2', type: 'subscribe', payload: { extensions: { persistedQuery: { version: 1, sha256Hash: '00' } } } })
  expect([started.map(({ id }) => id), closed]).toEqual([['1', '2'], []])
  say({ id: '3', type: 'subscribe', payload: {} })
  expect(closed).toEqual([4400])
})
