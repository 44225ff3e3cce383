import fc from 'fast-check'
import { pack } from 'msgpackr'
import { expect, test } from 'vitest'
import { decodeInteraction, idBytesMax } from './interaction.ts'
import { decodeItem } from './item.ts'
import { RecordError } from './record-error.ts'

/** More by FUZZ_RECORDS; a failing run prints its seed, FUZZ_SEED repeats it. */
const numRuns = Number(process.env.FUZZ_RECORDS ?? 2_000)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const timeout = 60_000 + numRuns * 200

const wild = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  fc.constantFrom<unknown>(null, 0, -1, 1e308, true, [], {}, '', 'x'.repeat(300), '\ud800', '2026-02-30T00:00:00Z'),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
)
/** A record that is right but for some fields: wild, left out, or one too many. */
const nearly = (valid: Readonly<Record<string, unknown>>) =>
  fc
    .tuple(
      fc.subarray(Object.keys(valid), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...Object.keys(valid), '__proto__', 'constructor', 'x'), wild, { maxKeys: 2 }),
    )
    .map(([without, changed]) => {
      const record = { ...valid, ...changed }
      for (const key of without) delete record[key]
      return record
    })

const base = { v: 1, userId: 'u' }
const place = { partition: 0, offset: 1 }
const interactions = [
  { ...base, kind: 'event', eventId: 'e', itemId: 'i', type: 'RATING', value: 5, timestamp: '2026-01-01T00:00:00Z' },
  { ...base, kind: 'undo', eventIds: ['e'] },
  { ...base, kind: 'forget' },
  { ...base, kind: 'identify', into: 'w' },
  { ...base, kind: 'adopt', from: place, profile: {}, events: [] },
  { ...base, kind: 'refresh' },
]
const item = { v: 1, id: 'u', title: 'T', price: 1, tags: ['x'], available: true, publishedAt: '2026-01-01T00:00:00Z' }
const record = fc.oneof(...[...interactions, item].map(nearly))
const text = record.map((one) => JSON.stringify(one))
const bytes = fc.oneof(
  { weight: 4, arbitrary: text.map((one) => Buffer.from(one)) },
  // JSON.stringify does not write these.
  text.map((one) => Buffer.from(one.replace(/:\d+/, ':1e999'))),
  text.map((one) => Buffer.from(one.slice(0, one.length / 2))),
  text.map((one) => Buffer.from(one, 'utf16le')),
  fc.tuple(text, fc.nat(), fc.nat(255)).map(([one, place, byte]) => {
    const buffer = Buffer.from(one)
    buffer[place % buffer.length] = byte
    return buffer
  }),
  record.map((one) => Buffer.concat([Buffer.from([1]), pack(one)])),
  fc.constant(Buffer.from('['.repeat(50_000))),
  fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)),
)
const key = fc.constantFrom('u', '', '__proto__', 'u'.repeat(300))

test('whatever a writer puts into topic interactions is a record that can be applied, or a RecordError', {
  timeout,
}, () => {
  const property = fc.property(key, bytes, fc.maxSafeNat(), (userId, value, appendedAt) => {
    const one = read(() => decodeInteraction(userId, value, Math.min(appendedAt, 8.64e15 - 1e9)))
    if (!one) return
    if (userId !== '') expect(one.userId).toBe(userId)
    expect(Buffer.byteLength(one.userId)).toBeLessThanOrEqual(idBytesMax)
    if (one.kind !== 'event') return
    expect(Number.isFinite(Date.parse(one.timestamp))).toBe(true)
    expect(Number.isFinite(one.value ?? 0) && Number.isFinite(one.quantity ?? 1)).toBe(true)
  })
  fc.assert(property, { numRuns, seed, endOnFailure: true })
})

test('whatever a writer puts into topic items is an item that can be shown, or a RecordError', { timeout }, () => {
  const property = fc.property(key, bytes, (id, value) => {
    const one = read(() => decodeItem(id, value))
    if (!one) return
    expect(one.id).toBe(id)
    expect(Number.isFinite(one.price ?? 0)).toBe(true)
    expect(Number.isFinite(Date.parse(one.publishedAt ?? '2026-01-01T00:00:00Z'))).toBe(true)
  })
  fc.assert(property, { numRuns, seed, endOnFailure: true })
})

function read<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    expect(error).toBeInstanceOf(RecordError)
    return undefined
  }
}
