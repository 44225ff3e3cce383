import { describe, expect, test } from 'vitest'
import { nextMessageFraming } from './connection.ts'
import { type Payload, Subscriber, type SubscriberSocket } from './subscriber.ts'

/** A socket that is slow: a message is written when the test says so. */
class SlowSocket implements SubscriberSocket {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly sent: unknown[] = []
  private readonly written: (() => void)[] = []

  send(data: Buffer | string, _options: unknown, done: () => void): void {
    this.sent.push(JSON.parse(String(data)))
    this.written.push(done)
  }

  terminate(): void {
    this.readyState = 3
  }

  write(): void {
    this.written.shift()?.()
  }
}

const payload = (revision: string | undefined, isRepeat = false): Payload => ({
  body: Buffer.from(`{"data":"${revision}"}`),
  revision,
  isRepeat,
})
const datas = ({ sent }: SlowSocket) => sent.map((message) => (message as { payload: { data: string } }).payload.data)

describe('a subscriber', () => {
  test('is sent whole next messages with its own id', () => {
    const socket = new SlowSocket()
    new Subscriber(socket, nextMessageFraming('id "1"')).deliver(payload('1'))
    expect(socket.sent).toEqual([{ id: 'id "1"', type: 'next', payload: { data: '1' } }])
  })

  test('who is slow gets the newest, not a backlog', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    for (const revision of ['1', '2', '3', '4']) subscriber.deliver(payload(revision))
    expect(datas(socket)).toEqual(['1'])
    socket.write()
    expect(datas(socket)).toEqual(['1', '4'])
    socket.write()
    expect(datas(socket)).toEqual(['1', '4'])
  })

  test('whose socket has too much unsent is cut off instead of sent more', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    subscriber.deliver(payload('1'))
    socket.bufferedAmount = 2 ** 20 + 1
    socket.write()
    subscriber.deliver(payload('2'))
    expect([datas(socket), socket.readyState]).toEqual([['1'], 3])
  })

  test('never gets an older one, nor the same one twice', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    for (const revision of ['2', '1', '2', '3']) {
      subscriber.deliver(payload(revision))
      socket.write()
    }
    expect(datas(socket)).toEqual(['2', '3'])
  })

  test('gets the same revision again when what may be listed has changed', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    subscriber.deliver(payload('2'))
    socket.write()
    subscriber.deliver(payload('2', true))
    socket.write()
    subscriber.deliver(payload('1', true))
    expect(datas(socket)).toEqual(['2', '2'])
  })

  test('who has a revision already is not sent it, nor an older one', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'), '5')
    subscriber.deliver(payload('4'))
    subscriber.deliver(payload('5'))
    subscriber.deliver(payload('6'))
    expect(datas(socket)).toEqual(['6'])
  })

  test('values without revisions replace each other', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    subscriber.deliver(payload(undefined))
    socket.write()
    subscriber.deliver(payload(undefined))
    expect(socket.sent).toHaveLength(2)
  })

  test('is sent nothing after it left, not even what waits', () => {
    const socket = new SlowSocket()
    const subscriber = new Subscriber(socket, nextMessageFraming('id'))
    subscriber.deliver(payload('1'))
    subscriber.deliver(payload('2'))
    subscriber.close()
    socket.write()
    subscriber.deliver(payload('3'))
    expect(datas(socket)).toEqual(['1'])
  })
})
