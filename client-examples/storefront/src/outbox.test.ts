import { CombinedError } from 'urql'
import { beforeEach, expect, test, vi } from 'vitest'
import { createOutbox, type Outgoing } from './outbox.ts'

type Client = Parameters<typeof createOutbox>[0]

/** A browser's storage, and a server that answers as it is told. */
const storage = () => {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) } as unknown as Storage
}
const event = (eventId: string): Outgoing => ({ eventId, userId: 'ada', itemId: 'tent', type: 'VIEW' })
const unreachable = new CombinedError({ networkError: new Error('no network') })
const refused = new CombinedError({ graphQLErrors: [{ message: 'bad', extensions: { code: 'BAD_USER_INPUT' } }] })

let sent: string[][]
let answers: (CombinedError | undefined)[]
const client = {
  mutation: async (_document: unknown, { events }: { events: Outgoing[] }) => {
    sent.push(events.map(({ eventId }) => eventId))
    return { error: answers.shift() }
  },
} as unknown as Client

beforeEach(() => {
  sent = []
  answers = []
  vi.useFakeTimers()
  vi.stubGlobal('addEventListener', () => {})
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

test('what could not be sent is sent again with the same ids, and what came in between with it', async () => {
  const outbox = createOutbox(client, storage())
  answers = [unreachable]
  outbox.add([event('1')])
  await vi.advanceTimersByTimeAsync(10)
  answers = [unreachable]
  outbox.add([event('2')])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual([['1'], ['1', '2'], ['1', '2']])
  expect(await outbox.flush()).toBe(true)
  expect(sent).toHaveLength(3)
})

test('what the server refuses is not sent for ever, and stops nothing behind it', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const outbox = createOutbox(client, storage())
  answers = [refused]
  outbox.add([event('bad')])
  await outbox.flush()
  outbox.add([event('good')])
  expect(await outbox.flush()).toBe(true)
  expect(sent).toEqual([['bad'], ['good']])
  expect(warn).toHaveBeenCalledOnce()
  warn.mockRestore()
})

test('survives a reload', async () => {
  const kept = storage()
  answers = [unreachable]
  createOutbox(client, kept).add([event('1')])
  vi.clearAllTimers()
  await vi.advanceTimersByTimeAsync(1)
  sent = []
  createOutbox(client, kept)
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual([['1']])
})

test('lazy events wait for company and go with the next that does not', async () => {
  const outbox = createOutbox(client, storage())
  outbox.add([event('seen')], { lazy: true })
  expect(sent).toEqual([])
  outbox.add([event('click')])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual([['seen', 'click']])
})
