import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { remedyOf, typeOf } from './kafka-errors.ts'
import type { KafkaBroker, KafkaProtocol } from './kafkajs-internals.ts'
import { produce } from './produce.ts'
import { encodeBatch } from './record-batch.ts'

const require = createRequire(import.meta.url)
const Encoder = require('kafkajs/src/protocol/encoder') as new () => LibraryEncoder
const versions = require('kafkajs/src/protocol/requests/produce') as {
  protocol(of: { version: number }): (fields: object) => KafkaProtocol<unknown>
}

interface LibraryEncoder {
  readonly buffer: Buffer
  writeInt16(value: number): LibraryEncoder
  writeInt32(value: number): LibraryEncoder
  writeInt64(value: number): LibraryEncoder
  writeString(value: string): LibraryEncoder
}

interface Answer {
  readonly topic?: string
  readonly partition?: number
  readonly errorCode?: number
  readonly baseOffset?: number
}

/** Bytes before a batch's size: transactional_id acks timeout, one topic, its name, one partition, its number. */
const sizeAt = 2 + 2 + 4 + 4 + (2 + 't'.length) + 4 + 4
const notLeader = 6
const messageTooLarge = 10

/** A broker of version 7 that answers every request the same way, and keeps what it was sent. */
function aBroker(answer: Answer | Error) {
  const sent: Buffer[] = []
  let disconnects = 0
  const send = async <Response>({ request, response }: KafkaProtocol<Response>): Promise<Response> => {
    sent.push((await request.encode()).buffer)
    if (answer instanceof Error) throw answer
    return response.parse(await response.decode(encodeAnswer(answer)))
  }
  const broker = {
    connectionPool: { send },
    lookupRequest: () => versions.protocol({ version: 7 }),
    disconnect: async () => {
      disconnects += 1
    },
  } as unknown as KafkaBroker
  return { broker, sent, disconnects: () => disconnects }
}

/** Produce Response, version 7: [topic [partition error base_offset log_append_time log_start_offset]] throttle */
const encodeAnswer = ({ topic = 't', partition = 3, errorCode = 0, baseOffset = 0 }: Answer): Buffer =>
  new Encoder()
    .writeInt32(1)
    .writeString(topic)
    .writeInt32(1)
    .writeInt32(partition)
    .writeInt16(errorCode)
    .writeInt64(baseOffset)
    .writeInt64(-1)
    .writeInt64(0)
    .writeInt32(0).buffer

async function aRequest() {
  const batch = await encodeBatch([{ key: 'ü', value: Buffer.from('v'), headers: { h: '1' } }], 1_000)
  return { topic: 't', partition: 3, batch, brokerMsMax: 5_000 }
}

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test('the offset of the first record is what the broker says', async () => {
  expect(await produce(aBroker({ baseOffset: 41 }).broker, await aRequest())).toBe(41)
})

test('a request is the one the library writes, but for its batch', async () => {
  const { broker, sent } = aBroker({})
  const request = await aRequest()
  await produce(broker, request)
  const topicData = [{ topic: 't', partitions: [{ partition: 3, messages: [] }] }]
  const library = versions.protocol({ version: 7 })({ acks: -1, timeout: 5_000, topicData })
  const { buffer: expected } = await library.request.encode()
  expect(sent[0]!.subarray(0, sizeAt)).toEqual(expected.subarray(0, sizeAt))
  expect(sent[0]!.readInt32BE(sizeAt)).toBe(request.batch.length)
  expect(sent[0]!.subarray(sizeAt + 4)).toEqual(request.batch)
})

test('a leader that has moved is asked for again, a batch that is too large is not sent again', async () => {
  const moved = await refusal(produce(aBroker({ errorCode: notLeader }).broker, await aRequest()))
  expect([typeOf(moved), remedyOf(moved)]).toEqual(['NOT_LEADER_FOR_PARTITION', 'refresh'])
  const tooLarge = await refusal(produce(aBroker({ errorCode: messageTooLarge }).broker, await aRequest()))
  expect([typeOf(tooLarge), remedyOf(tooLarge)]).toEqual(['MESSAGE_TOO_LARGE', 'none'])
})

test('an answer about another partition confirms nothing', async () => {
  const { broker } = aBroker({ partition: 4 })
  await expect(produce(broker, await aRequest())).rejects.toThrow('expected an answer for partition 3 of "t"')
})

test('after a connection that was closed the next request opens a new one', async () => {
  const closed = Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' })
  const { broker, disconnects } = aBroker(closed)
  expect(await refusal(produce(broker, await aRequest()))).toBe(closed)
  expect(disconnects()).toBe(1)
})
