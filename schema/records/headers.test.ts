import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ageMsMax,
  ageMsOf,
  bornOf,
  bulkHeaders,
  copyClaimOf,
  copyHeaders,
  deadLetterHeaders,
  deadLetterOriginOf,
  erasedAt,
  erasureHeaders,
  erasureOf,
  inheritedHeaders,
  isBulk,
  originHeaders,
  traceparentOf,
  withoutDeadLetterHeaders,
  writerHeaders,
  writerOf,
} from './headers.ts'
import { RecordError } from './record-error.ts'

const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
const someText = fc.oneof(
  fc.string(),
  fc.constantFrom('yesterday', 'NaN', '-1', '1e9', '0x10', ' 1', '9'.repeat(400), ''),
)
const someNames = fc.constantFrom(
  'born',
  'traceparent',
  'writer',
  'partition',
  'offset',
  'epoch',
  'dead-cut',
  'backfill',
  'backfill-applied',
  'forwarded-from',
  'copy-mac',
  '__proto__',
)
const foreign = fc.dictionary(fc.oneof(someNames, fc.string()), someText)

test('what is written is read back', () => {
  expect(bornOf(originHeaders(1234))).toBe(1234)
  expect(traceparentOf(originHeaders(1234, traceparent))).toBe(traceparent)
  expect(writerOf(writerHeaders('w1'))).toBe('w1')
  const position = { partition: 4, offset: 12 }
  expect(erasureOf(erasureHeaders(position, 1))).toEqual({ position, epoch: 1, backfilled: -1 })
  expect(erasureOf(erasureHeaders(position, 1, 6))).toEqual({ position, epoch: 1, backfilled: 6 })
  for (const kind of ['backfill', 'forwarded'] as const) {
    expect(copyClaimOf(copyHeaders({ kind, position }, 'mac'))).toEqual({ kind, position, mac: 'mac' })
  }
  expect([isBulk(bulkHeaders), isBulk({})]).toEqual([true, false])
  expect(erasedAt(erasureHeaders(position, 1))).toBe(2n ** 48n + 13n)
  const origin = { stage: 'embed', topic: 't', partition: '0', offset: '7', reason: 'why', cut: 'batch' }
  expect(deadLetterOriginOf(deadLetterHeaders(origin))).toEqual(origin)
})

test('whatever a foreign record carries, readers give a valid value or none, or refuse the record', () => {
  fc.assert(
    fc.property(foreign, fc.integer({ min: 0, max: 2 ** 45 }), (headers, now) => {
      const age = ageMsOf(headers, now)
      expect(age === undefined || (Number.isInteger(age) && age >= 0 && age <= ageMsMax)).toBe(true)
      const claim = copyClaimOf(headers)
      expect(claim === undefined || Number.isSafeInteger(claim.position.offset)).toBe(true)
      expect(bornOf(headers) ?? 0).toBeGreaterThanOrEqual(0)
      expect(traceparentOf(headers) ?? traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
      for (const [name, text] of Object.entries(inheritedHeaders(headers) ?? {})) {
        expect(['born', 'traceparent']).toContain(name)
        if (name === 'born') expect(Number.isSafeInteger(Number(text))).toBe(true)
      }
      try {
        expect(erasedAt(headers)).toBeGreaterThan(0n)
      } catch (error) {
        expect(error).toBeInstanceOf(RecordError)
      }
    }),
  )
})

test.each(['yesterday', 'NaN', '', '-5', '1.5', '9'.repeat(16)])('born: %s is no time', (born) => {
  expect(bornOf({ born })).toBeUndefined()
  expect(ageMsOf({ born }, 1_000)).toBeUndefined()
  expect(inheritedHeaders({ born })).toBeUndefined()
})

test('an age is held within its bounds', () => {
  expect(ageMsOf({ born: '0' }, 2 ** 41)).toBe(ageMsMax)
  expect(ageMsOf({ born: '500' }, 400)).toBe(0)
})

test('a tombstone that does not say where the erasure is names the header and the value', () => {
  expect(() => erasedAt({})).toThrow('header offset: expected a whole number, got undefined')
  expect(() => erasedAt({ offset: '12', epoch: 'one' })).toThrow('header epoch: expected a whole number, got "one"')
})

test('the headers of a dead letter are taken off, the others stay', () => {
  const headers = { 'dead-cut': 'forged', 'dead-topic': 'interactions', 'dead-end': 'mine', born: '1' }
  expect(withoutDeadLetterHeaders(headers)).toEqual({ 'dead-end': 'mine', born: '1' })
})

test('where a record was forwarded from is read where it is a place, and is not written again with a dead letter', () => {
  const headers = copyHeaders({ kind: 'forwarded', position: { partition: 3, offset: 12 } }, 'mac')
  expect(copyClaimOf(headers)?.position).toEqual({ partition: 3, offset: 12 })
  for (const text of ['', '3', '3/', '-1/2', '3/12 ', '3/1e9', '3/9999999999999999']) {
    expect(copyClaimOf({ 'forwarded-from': text })).toBeUndefined()
  }
  expect(withoutDeadLetterHeaders({ ...headers, trace: 'mine' })).toEqual({ 'copy-mac': 'mac', trace: 'mine' })
})
