import { createRequire } from 'node:module'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { compressGzip } from './codecs/gzip.ts'
import { registerCodecs, writtenCompression } from './codecs/register.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { type EncodedMessage, encodeBatch } from './record-batch.ts'
import { toStoredRecord } from './records.ts'

const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<FetchedMessage[]>
const libraryBatch = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(fields: object): Promise<{ buffer: Buffer }>
}
const libraryRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (fields: object) => object

const gzip = { codec: 1, compress: compressGzip }
const someTime = Date.UTC(2026, 4, 1)

beforeAll(registerCodecs)

const text = fc.string({ unit: 'binary', maxLength: 300 })
const messages = fc.array(
  fc.record<EncodedMessage>({
    key: text,
    value: fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
    headers: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
  }),
  { minLength: 1, maxLength: 200 },
)

async function read(batch: Buffer) {
  const size = Buffer.alloc(4)
  size.writeInt32BE(batch.length)
  return (await decodeMessages(new Decoder(Buffer.concat([size, batch])))).map((one) => toStoredRecord('t', 0, one))
}

const asRead = (all: readonly EncodedMessage[]) =>
  all.map(({ key, value, headers }, offset) => {
    return { topic: 't', partition: 0, offset, appendedAt: someTime, key: asUtf8(key), value, headers: utf8Of(headers) }
  })

/** Half a surrogate pair is no text; what stands for it is written in its place. */
const asUtf8 = (string: string): string => Buffer.from(string).toString()
const utf8Of = (headers: EncodedMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [asUtf8(name), asUtf8(value)]))

test('what is written is read again, in every length, with and without compression', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.constantFrom(undefined, writtenCompression, gzip), async (all, compression) => {
      expect(await read(await encodeBatch(all, someTime, compression))).toEqual(asRead(all))
    }),
  )
})

test('a batch is what the library would have written, but for the marks of idempotence', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (all) => {
      const records = all.map((one, offsetDelta) => libraryRecord({ ...one, offsetDelta }))
      const marks = { partitionLeaderEpoch: -1, producerEpoch: -1, firstSequence: -1 }
      const times = { firstTimestamp: someTime, maxTimestamp: someTime }
      const expected = await libraryBatch.RecordBatch({ ...marks, ...times, records, lastOffsetDelta: all.length - 1 })
      expect((await encodeBatch(all, someTime)).equals(expected.buffer)).toBe(true)
    }),
  )
})

test('values of more than 64 KiB', async () => {
  const large: EncodedMessage = { key: 'k', value: Buffer.alloc(300_000, 'x'), headers: {} }
  const values = (await read(await encodeBatch([large, large], someTime))).map(({ value }) => Buffer.from(value!))
  expect(values.map((value) => value.equals(large.value!))).toEqual([true, true])
})
