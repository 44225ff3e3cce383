import { createRequire } from 'node:module'
import { beforeAll, expect, test } from 'vitest'
import { boundHeaders, headerNamesMax } from './bounded-headers.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'

const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoder

interface Encoder {
  readonly buffer: Buffer
  writeInt8(value: number): Encoder
  writeVarInt(value: number): Encoder
  writeVarIntString(value: string): Encoder
  writeVarIntBytes(value: Buffer | null): Encoder
}

let decodeRecord: (decoder: object, context: object) => FetchedMessage

beforeAll(() => {
  boundHeaders()
  boundHeaders()
  decodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/decoder')
})

function headersOf(headers: readonly (readonly [name: string, value: Buffer | null])[]) {
  const record = new Encoder().writeInt8(0).writeVarInt(0).writeVarInt(0).writeVarIntBytes(null).writeVarIntBytes(null)
  record.writeVarInt(headers.length)
  for (const [name, value] of headers) record.writeVarIntString(name).writeVarIntBytes(value)
  return decodeRecord(new Decoder(record.buffer), { firstOffset: '0', firstTimestamp: '0' }).headers
}

/** kafkajs finds an earlier value where an object inherits one of that name; the last one counts. */
const lastOf = (value: Buffer | readonly Buffer[] | undefined | null) =>
  (Array.isArray(value) ? value.at(-1) : value)?.toString()

test('of 100,000 headers of one record the first names are read', () => {
  const value = Buffer.from('1')
  const headers = headersOf(Array.from({ length: 100_000 }, (_, n) => [`h${n}`, value] as const))
  expect(Object.keys(headers)).toEqual(Array.from({ length: headerNamesMax }, (_, n) => `h${n}`))
})

test('of a name that comes more than once the last value counts, whatever the name', () => {
  const values = Array.from({ length: 100_000 }, (_, n) => ['born', Buffer.from(String(n))] as const)
  const headers = headersOf([...values, ['__proto__', null], ['constructor', Buffer.from('x')]])
  expect(Object.entries(headers).map(([name, value]) => [name, lastOf(value)])).toEqual([
    ['born', '99999'],
    ['__proto__', undefined],
    ['constructor', 'x'],
  ])
  expect(headersOf([])).toEqual({})
})
