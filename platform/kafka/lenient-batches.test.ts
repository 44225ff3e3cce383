import { createRequire } from 'node:module'
import { beforeAll, expect, test } from 'vitest'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { stepOverBatches } from './lenient-batches.ts'
import { offsetAfter, recordsFrom } from './records.ts'

const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object

let decodeMessages: (decoder: object) => Promise<FetchedMessage[]>

beforeAll(() => {
  stepOverBatches()
  stepOverBatches()
  decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages')
})

/** A batch of format 2 that spans ten offsets. @param attributes the codec @param records how many it says it has */
function batch(firstOffset: number, attributes: number, records: number, content = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(61)
  header.writeBigInt64BE(BigInt(firstOffset), 0)
  header.writeInt32BE(header.length - 12 + content.length, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(attributes, 21)
  header.writeInt32BE(9, 23)
  header.writeBigInt64BE(1_700_000_000_000n, 35)
  header.writeInt32BE(records, 57)
  return Buffer.concat([header, content])
}

/** length, attributes, timestamp and offset delta, no key, a value of one byte, no headers */
const record = Buffer.from([14, 0, 0, 0, 1, 2, 'v'.charCodeAt(0), 0])

const answer = (...batches: Buffer[]) => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(Buffer.concat(batches).length)
  return decodeMessages(new Decoder(Buffer.concat([size, ...batches])))
}

const none = 0
const gzip = 1
const unheardOf = 6

test.each([
  ['compressed bytes that are damaged', batch(10, gzip, 2, Buffer.from('no gzip at all'))],
  ['a codec that nobody knows', batch(10, unheardOf, 2, Buffer.from([200, 200, 200]))],
  ['fewer records than it says', batch(10, none, 5, record)],
])('a batch of %s becomes one message, and those around it are read', async (_, broken) => {
  const messages = await answer(batch(0, none, 1, record), broken, batch(20, none, 1, record))
  expect(messages.map(({ offset }) => offset)).toEqual(['0', '19', '20'])
  expect(messages[1]).toMatchObject({ key: null, value: broken, timestamp: '1700000000000', isControlRecord: false })
  expect(messages[1]!.undecodable).toBeTruthy()
  expect(offsetAfter(messages.slice(0, 2), 0)).toBe(20)
})

test('a batch that compaction has emptied is stepped over', async () => {
  const messages = await answer(batch(10, none, 0))
  expect(recordsFrom(messages, 10, null)).toEqual([])
  expect(offsetAfter(messages, 10)).toBe(20)
})

test('a batch that the answer cuts off is no error: it is asked for again', async () => {
  const whole = batch(10, none, 1, record)
  expect(await answer(batch(0, none, 1, record), whole.subarray(0, -1))).toHaveLength(1)
})
