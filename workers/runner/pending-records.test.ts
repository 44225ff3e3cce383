import { expect, test } from 'vitest'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { bulkKeysMax, heldLooksMax, PendingRecords, quietLooks, type Urgency } from './pending-records.ts'

const bad: number[] = []

/** Newness is the value's number; `x` cannot be read. */
const pending = () =>
  new PendingRecords({
    newness: ({ value }) => BigInt(Buffer.from(value!).toString()),
    urgencyOf: ({ headers }) => (headers.urgency ?? 'live') as Urgency,
    onBad: ({ offset }) => bad.push(offset),
  })

let offsets = 0
const record = (key: string, newness: number | string, urgency: Urgency = 'live'): StoredRecord => ({
  topic: 't',
  partition: 0,
  offset: offsets++,
  appendedAt: 0,
  key,
  value: Buffer.from(String(newness)),
  headers: { urgency },
})
const keys = (records: readonly StoredRecord[]) => records.map(({ key }) => key)

const look = (waiting: PendingRecords, times: number) => {
  for (let n = 0; n < times; n++) waiting.look()
}

test('keys come in their order, the urgent ones first and by themselves', () => {
  const waiting = pending()
  waiting.add([
    record('a', 1, 'bulk'),
    record('b', 1),
    record('c', 1, 'watched'),
    record('d', 1),
    record('e', 1, 'bulk'),
  ])
  look(waiting, quietLooks)
  expect([2, 1, 5, 5, 5].map((limit) => keys(waiting.take(limit)))).toEqual([['c'], ['b'], ['d'], ['a', 'e'], []])
  expect(waiting.size).toBe(0)
})

test('of a key the newest record is run in the place of the first, by meaning and not by its offset', () => {
  const waiting = pending()
  const [old, newest, late, other] = [record('a', 5), record('a', 9), record('a', 7), record('b', 1)]
  waiting.add([old, other])
  waiting.add([newest, late])
  expect(waiting.size).toBe(2)
  expect(waiting.take(5)).toEqual([newest, other])
  expect(waiting.takeSkipped()).toEqual([old, late])
  expect(waiting.takeSkipped()).toEqual([])
})

test('a key moves forward with a more urgent record, and never back', () => {
  const waiting = pending()
  waiting.add([record('a', 1, 'bulk'), record('b', 1), record('a', 2, 'watched'), record('a', 3, 'bulk')])
  expect([keys(waiting.take(5)), keys(waiting.take(5))]).toEqual([['a'], ['b']])
})

test('the first offset that waits is that of the oldest record that will be run', () => {
  const waiting = pending()
  const records = [record('a', 1, 'bulk'), record('b', 1, 'watched'), record('a', 2)]
  waiting.add(records)
  expect(waiting.firstOffset()).toBe(records[1]!.offset)
  waiting.take(1)
  expect(waiting.firstOffset()).toBe(records[2]!.offset)
  waiting.take(1)
  expect(waiting.firstOffset()).toBeUndefined()
})

test('a record that cannot be read is told, and the others are kept', () => {
  const waiting = pending()
  const broken = record('a', 'x')
  waiting.add([broken, record('b', 1)])
  expect(bad).toEqual([broken.offset])
  expect(keys(waiting.take(5))).toEqual(['b'])
})

test('a held record waits until it is released, or until a record of its key comes that is not held', () => {
  const holding = new Set(['a', 'b'])
  const waiting = new PendingRecords({
    newness: ({ value }) => BigInt(Buffer.from(value!).toString()),
    urgencyOf: () => 'live',
    onBad: ({ offset }) => bad.push(offset),
    holds: ({ key, headers }) => holding.has(key) && headers.urgency === 'live',
  })
  const [a, b, c] = [record('a', 1), record('b', 1), record('c', 1)]
  waiting.add([a, b, c])
  expect([waiting.size, waiting.firstOffset()]).toEqual([3, a.offset])
  expect([waiting.take(5), waiting.take(5)]).toEqual([[c], []])
  const urgent = record('a', 2, 'watched')
  waiting.add([urgent, record('b', 0)])
  expect(waiting.take(5)).toEqual([urgent])
  expect(waiting.takeSkipped()).toHaveLength(2)
  holding.delete('b')
  waiting.look()
  expect(waiting.take(5)).toEqual([b])
  expect(waiting.size).toBe(0)
})

test('a bulk key is due once none of its records came for some looks, the one that was quiet for longest first', () => {
  const waiting = pending()
  waiting.add([record('a', 1, 'bulk'), record('b', 1, 'bulk')])
  look(waiting, quietLooks - 1)
  waiting.add([record('a', 2, 'bulk')])
  look(waiting, 1)
  expect([keys(waiting.take(5)), keys(waiting.take(5))]).toEqual([['b'], []])
  look(waiting, quietLooks - 1)
  expect(keys(waiting.take(5))).toEqual(['a'])
})

test('a bulk key whose records keep coming is due at last', () => {
  const waiting = pending()
  for (let looks = 0; looks <= heldLooksMax; looks++) {
    expect(waiting.take(5)).toEqual([])
    waiting.add([record('a', looks, 'bulk')])
    waiting.look()
  }
  waiting.add([record('a', heldLooksMax + 1, 'bulk')])
  expect(keys(waiting.take(5))).toEqual(['a'])
})

test('bulk keys are due at once while too many wait', () => {
  const waiting = pending()
  waiting.add(Array.from({ length: bulkKeysMax }, (_, n) => record(`key-${n}`, 1, 'bulk')))
  expect(keys(waiting.take(5))).toEqual(['key-0'])
  expect(waiting.take(5)).toEqual([])
})
