import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChunkBuilder, decodeChunk, setBaseOffset } from './log-codec.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const record = fc.record({
  key: text,
  value: fc.option(fc.uint8Array({ maxLength: 3000 })),
  headers: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    text,
    { maxKeys: 4, noNullPrototype: true },
  ),
  time: fc.integer({ min: 0, max: 2 ** 45 }),
  gap: fc.integer({ min: 1, max: 2 ** 33 }),
})

test('a chunk gives back what was put in, from any offset on', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), fc.nat(), (records, pick) => {
      const builder = new ChunkBuilder()
      let offset = 2 ** 40
      const expected = records.map(({ time, gap, ...rest }) => {
        offset += gap
        builder.add(offset, rest, time)
        return { topic: 't', partition: 3, offset, appendedAt: time, ...rest }
      })
      const chunk = builder.finish()
      const from = expected[pick % expected.length]!.offset
      const plain = decodeChunk(chunk, 't', 3, from).map((each) => ({
        ...each,
        value: each.value && new Uint8Array(each.value),
      }))
      expect(plain).toEqual(expected.filter((each) => each.offset >= from))
    }),
    { numRuns: 300 },
  )
})

test('a chunk of new records takes the base offset it is given', () => {
  const builder = new ChunkBuilder()
  for (let i = 0; i < 5; i++) builder.add(i, { key: `k${i}`, value: null }, 1000 + i)
  const chunk = builder.finish()
  setBaseOffset(chunk, 12_345_678_901)
  expect(decodeChunk(chunk, 't', 0, 0).map(({ offset }) => offset - 12_345_678_901)).toEqual([0, 1, 2, 3, 4])
})

test('a chunk of an unknown version is refused, not misread', () => {
  const builder = new ChunkBuilder()
  builder.add(0, { key: 'k', value: null }, 1)
  const chunk = builder.finish()
  chunk[0] = 9
  expect(() => decodeChunk(chunk, 't', 0, 0)).toThrow('version 9')
})
