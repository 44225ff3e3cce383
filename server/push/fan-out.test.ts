import { buildSchema, parse } from 'graphql'
import { expect, test } from 'vitest'
import { JsonPlans } from '../graphql/json-plan.ts'
import { Operations } from '../graphql/operations.ts'
import { nextMessageFraming } from './connection.ts'
import { FanOut } from './fan-out.ts'
import type { Feed, FeedValue } from './feed.ts'
import type { SubscriberSocket } from './subscriber.ts'

const schema = buildSchema('type Query { a: Int } type Subscription { n(since: String): Int }')

function setUp(hooks: Partial<ConstructorParameters<typeof FanOut>[0]> = {}) {
  let executions = 0
  const failures: unknown[] = []
  const operations = new Operations(schema, new JsonPlans(schema, []))
  const fanOut = new FanOut({
    operations,
    makeContext: () => {
      executions++
      return {}
    },
    formatErrors: (errors) => errors,
    onPushed: () => {},
    onError: (error) => failures.push(error),
    ...hooks,
  })
  const operation = operations.prepare(parse('subscription { n }'), undefined)!
  const shape = { operation, operationId: '1', inputs: { given: {}, coerced: {} }, variablesKey: '' }
  return { fanOut, shape, failures, executions: () => executions }
}

function aFeed(key = 'feed', canRepeat = false) {
  const emits = new Set<(value: FeedValue<unknown>) => void>()
  let opened = 0
  let repeated = 0
  const feed: Feed<unknown> = {
    key,
    canRepeat,
    open: (emit) => {
      opened++
      emits.add(emit)
      return { close: () => emits.delete(emit), repeat: () => repeated++ }
    },
  }
  const emit = (value: FeedValue<unknown>) => {
    for (const one of emits) one(value)
  }
  return { feed, emit, opened: () => opened, repeated: () => repeated, watchers: () => emits.size }
}

class Socket implements SubscriberSocket {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly values: number[] = []
  terminate(): void {}
  send(data: Buffer | string, _options: unknown, done: () => void): void {
    this.values.push(JSON.parse(String(data)).payload.data.n)
    done()
  }
}

const later = () => new Promise((resolve) => setImmediate(resolve))

test('subscribers of the same thing share the feed and the execution', async () => {
  const { fanOut, shape, executions } = setUp()
  const { feed, emit, opened } = aFeed()
  const sockets = Array.from({ length: 1_200 }, () => new Socket())
  for (const socket of sockets) fanOut.subscribe(feed, shape, socket, nextMessageFraming('id'))
  emit({ value: { n: 7 }, revision: '1' })
  for (let turn = 0; turn < 10; turn++) await later()
  expect(sockets.every(({ values }) => values.length === 1 && values[0] === 7)).toBe(true)
  expect(executions()).toBe(1)
  expect(opened()).toBe(1)
  expect(fanOut.subscribers).toBe(1_200)
})

test('another selection, another feed or other variables share nothing', () => {
  const { fanOut, shape } = setUp()
  const { feed, opened } = aFeed()
  fanOut.subscribe(feed, shape, new Socket(), nextMessageFraming('id'))
  fanOut.subscribe(feed, { ...shape, operationId: '2' }, new Socket(), nextMessageFraming('id'))
  fanOut.subscribe(feed, { ...shape, variablesKey: '{"first":2}' }, new Socket(), nextMessageFraming('id'))
  fanOut.subscribe({ ...feed, key: 'other' }, shape, new Socket(), nextMessageFraming('id'))
  expect(opened()).toBe(4)
})

test('the feed is closed with the last subscriber, and opened anew by the next', () => {
  const { fanOut, shape } = setUp()
  const { feed, opened, watchers } = aFeed()
  const one = fanOut.subscribe(feed, shape, new Socket(), nextMessageFraming('1'))
  const two = fanOut.subscribe(feed, shape, new Socket(), nextMessageFraming('2'))
  one()
  one()
  expect([watchers(), fanOut.subscribers]).toEqual([1, 1])
  two()
  expect([watchers(), fanOut.subscribers]).toEqual([0, 0])
  fanOut.subscribe(feed, shape, new Socket(), nextMessageFraming('3'))
  expect(opened()).toBe(2)
})

test('a message is kept for those who come later, unless the feed can repeat it for one who is alone', () => {
  const kept = setUp()
  const aKept = aFeed()
  kept.fanOut.subscribe(aKept.feed, kept.shape, new Socket(), nextMessageFraming('1'))
  aKept.emit({ value: { n: 7 }, revision: '1' })
  const later = new Socket()
  kept.fanOut.subscribe(aKept.feed, kept.shape, later, nextMessageFraming('2'))
  expect([later.values, aKept.repeated()]).toEqual([[7], 0])

  const { fanOut, shape } = setUp()
  const { feed, emit, repeated } = aFeed('feed', true)
  const sockets = [new Socket(), new Socket(), new Socket()]
  fanOut.subscribe(feed, shape, sockets[0]!, nextMessageFraming('1'))
  emit({ value: { n: 7 }, revision: '1' })
  fanOut.subscribe(feed, shape, sockets[1]!, nextMessageFraming('2'))
  expect(repeated()).toBe(1)
  emit({ value: { n: 7 }, revision: '1' })
  fanOut.subscribe(feed, shape, sockets[2]!, nextMessageFraming('3'))
  expect(repeated()).toBe(1)
  expect(sockets.map(({ values }) => values)).toEqual([[7], [7], [7]])
})

test('an execution that took longer than its successor is dropped', async () => {
  const { fanOut, shape } = setUp()
  const { feed, emit } = aFeed()
  const socket = new Socket()
  fanOut.subscribe(feed, shape, socket, nextMessageFraming('id'))
  let finish = (_n: number) => {}
  const slow = new Promise<number>((resolve) => {
    finish = resolve
  })
  emit({ value: { n: () => slow }, revision: '1' })
  emit({ value: { n: 2 }, revision: '2' })
  finish(1)
  for (let turn = 0; turn < 5; turn++) await later()
  expect(socket.values).toEqual([2])
})

/** Every hook of the fan-out, each made to throw. A rejection without a handler would fail the run. */
function broken(): void {
  throw new Error('broken hook')
}
const brokenOnce = () => {
  let calls = 0
  return () => (++calls === 1 ? broken() : undefined)
}
test.each([
  ['onPushed', 'onPushed', { n: 7 }, [7]],
  ['makeContext', 'makeContext', { n: 7 }, []],
  ['formatErrors', 'formatErrors', { n: broken }, []],
  ['onPushed, after an answer that took its time', 'onPushed', { n: async () => 7 }, [7]],
  ['formatErrors, after an answer that took its time', 'formatErrors', { n: async () => broken() }, []],
] satisfies [string, string, object, number[]][])(
  'a throw of %s is reported, and the next value is pushed',
  async (_, hook, value, received) => {
    for (const subscribers of [1, 2, 700]) {
      const { fanOut, shape, failures } = setUp({ [hook]: brokenOnce() })
      const { feed, emit } = aFeed()
      const sockets = Array.from({ length: subscribers }, () => new Socket())
      for (const socket of sockets) fanOut.subscribe(feed, shape, socket, nextMessageFraming('id'))
      emit({ value, revision: '1' })
      for (let turn = 0; turn < 10; turn++) await later()
      expect(failures).toEqual([new Error('broken hook')])
      for (const { values } of sockets) expect(values).toEqual(received)
      emit({ value: { n: 8 }, revision: '2' })
      for (let turn = 0; turn < 10; turn++) await later()
      for (const { values } of sockets) expect(values).toEqual([...received, 8])
    }
  },
)

test('a socket that throws keeps the value from nobody else', async () => {
  for (const subscribers of [2, 700]) {
    const { fanOut, shape, failures } = setUp()
    const { feed, emit } = aFeed()
    const sockets = Array.from({ length: subscribers }, () => new Socket())
    sockets[0]!.send = broken
    for (const socket of sockets) fanOut.subscribe(feed, shape, socket, nextMessageFraming('id'))
    emit({ value: { n: 7 }, revision: '1' })
    for (let turn = 0; turn < 10; turn++) await later()
    expect(failures).toEqual([new Error('broken hook')])
    for (const { values } of sockets.slice(1)) expect(values).toEqual([7])
  }
})
