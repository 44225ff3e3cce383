import zlib, { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { compress } from 'snappyjs'
import { describe, expect, test } from 'vitest'
import { compressGzip, decompressGzip } from './gzip.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'
import { compressZstd, decompressZstd, withFzstd } from './zstd.ts'

const lots = 1 << 20
const bytes = (...parts: (number | string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part as string, 'latin1'))),
  )
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

describe('lz4', () => {
  const independent = 0x60
  const linked = 0x40
  const frame = (flags: number, ...blocks: Buffer[]) => bytes(u32(0x184d2204), flags, 0x40, 0x00, ...blocks, u32(0))
  const packed = (block: Buffer) => bytes(u32(block.length), block)
  const stored = (text: string) => bytes(u32((0x80000000 | text.length) >>> 0), text)
  const text = (source: Buffer) => decompressLz4(source, lots).toString('latin1')

  test('literals, a match that overlaps itself, and a block without compression', () => {
    // 4 literals, then 4 + 8 bytes from 4 back; then the last literals
    const block = bytes(0x48, 'abcd', 4, 0, 0x20, '!!')
    expect(text(frame(independent, packed(block), stored('rest')))).toBe(`${'abcd'.repeat(4)}!!rest`)
  })

  test('lengths of more than one byte', () => {
    const literals = 'x'.repeat(15 + 255 + 7)
    const block = bytes(0xff, 255, 7, literals, 1, 0, 255, 3, 0x10, 'y')
    expect(text(frame(independent, packed(block)))).toBe(`${literals}${'x'.repeat(4 + 15 + 255 + 3)}y`)
  })

  test('linked blocks, checksums, a content size, a frame to skip and one more frame', () => {
    const flags = linked | 0x10 | 0x08 | 0x04
    const checked = (block: Buffer) => bytes(block, 'sum.')
    const second = packed(bytes(0x04, 6, 0, 0x10, '.')) // its match reaches into the first block
    const one = bytes(
      u32(0x184d2204),
      flags,
      0x40,
      Buffer.alloc(8),
      0x00,
      checked(stored('linked')),
      checked(second),
      u32(0),
      'sum.',
    )
    const skipped = bytes(u32(0x184d2a53), u32(5), 'no se')
    expect(text(bytes(one, skipped, frame(independent, stored('!'))))).toBe('linkedlinkedli.!')
  })

  test.each([
    ['something else', bytes('not a frame at all')],
    ['a match from before the start', frame(independent, packed(bytes(0x10, 'a', 2, 0, 0x10, 'b')))],
    [
      'a match from a frame before',
      bytes(frame(linked, stored('abcd')), frame(linked, packed(bytes(0x00, 2, 0, 0x10, 'b')))),
    ],
    ['literals that are not there', frame(independent, packed(bytes(0x50, 'abc')))],
    ['a length without an end', frame(independent, packed(bytes(0xf0, 255, 255)))],
    ['a block that is not all there', bytes(u32(0x184d2204), independent, 0x40, 0x00, u32(100), 'abc')],
    ['an older version', bytes(u32(0x184d2204), 0x00, 0x40, 0x00, u32(0))],
    ['a dictionary', bytes(u32(0x184d2204), independent | 1, 0x40, 0x00, u32(0))],
  ])('%s is refused', (_, source) => {
    expect(() => decompressLz4(source, lots)).toThrow()
  })

  test('what unpacks to more than the bound is refused', () => {
    const block = bytes(0x1f, 'a', 1, 0, Buffer.alloc(200, 255), 0, 0x10, 'b') // 51,000 times a
    expect(decompressLz4(frame(independent, packed(block)), lots).length).toBeGreaterThan(51_000)
    expect(() => decompressLz4(frame(independent, packed(block)), 50_000)).toThrow('lz4')
  })
})

describe('snappy', () => {
  const xerial = (...blocks: Buffer[]) => {
    const length = (block: Buffer) => u32(block.length).swap32()
    const header = bytes(0x82, 'SNAPPY', 0, u32(1).swap32(), u32(1).swap32())
    return bytes(header, ...blocks.flatMap((block) => [length(block), block]))
  }
  const long = Buffer.from('snappy '.repeat(9_000))

  test('bare, and in the framing of the Java clients', () => {
    expect(decompressSnappy(compress(long), lots).equals(long)).toBe(true)
    const framed = xerial(compress(long), compress(Buffer.from('end')))
    expect(decompressSnappy(framed, lots).equals(Buffer.concat([long, Buffer.from('end')]))).toBe(true)
  })

  test('what is cut, or larger than the bound in all its blocks, is refused', () => {
    const framed = xerial(compress(long), compress(long))
    expect(() => decompressSnappy(framed.subarray(0, -1), lots)).toThrow('cut')
    expect(() => decompressSnappy(framed, 1.5 * long.length)).toThrow('too big')
  })
})

describe('zstd', () => {
  // 400 lines `event i of user i % 7`, by the reference library at level 3
  const fixture = Buffer.from(
    'KLUv/WDSHfUVAPZyVhSgqdIB7T9PVtXhRsjeMiXb/vJcAWgAUQBCAAIKSCAERkAOO3zwoEMc5iCHHT5okCEMYxDDDBs0yBCGGZnN42hiZmQ2iyIJ' +
      'GRGZLIokNpNtz2mxmWy/63iW97sMR3GuynAUTUtJoZFoSwEdwjAjsr1KABFwMICgEEBgEBABCQUDCwMBoZFoWkoKjUTTUlJoJJqWkkIj0bSUFBqJ' +
      'pqWk0Eg0LSWFRqJpqcVmsu05LTbL+13Hs7xXZTiKc1WGRqJpKSk0osVhKCImJBaHIQmEwAiIwAQOc1WGozhXZTiKc1WGozhXZTiKc1WGozhXZTiK' +
      'c1WGozhXZTiKc1WGozhXZTiKc1WGozhXZTiKc1WGozhXZTiKcykpAPEs73cdz/J+1/Es73cdz/J+1/Es73cdz/J+1/Es73cdz/J+1/Es73cdz/J+' +
      '1/Es73cdz/J+1/Es73cdz/J+1/EsBoMeqCLw238DUo+SJj0SUJBDhusHUXwbG9+MrW9i5zOx803s7C5WvosZ38XMdzHns7j5LNx8Fje/hZnfwuY3' +
      'YfNb3NwsbXZLm7mlzW9h47ew+S3M/FY2vg0b38bGt2Hrm9j5RuzI07elZ0fPgp55fuN8q3k2823Ls5VnJc8gvzm+ZTy7+Dbx7OFZwjPBb4Bv/c7m' +
      'e7t3Nu+s3RndN7m3cGff3radXTuLdmb2jewtsbNhb7/Odp3VOsP6ZvWW6uzU26izT2eZzpS+QXprdLbo7dAhY/snKRQKCoWiQqGQsFAoKhQKCYVC' +
      'UaFQuFAoFBQKRYVCISEoXoqG3vFdPairAHMVIK4CvFWAtgqwVgHSKsBZBfiVVfWF4ovkS+UbySfKL4ovWl8kXyrfKDdRflF80Xwh+VL5RvlE8ovi' +
      'i+aLtMEMBrb2e8CnZa/BvNZ2D+i07OXyUBwmDoeTw+FwcBRgVgE4rQ==',
    'base64',
  )
  const lines = Array.from({ length: 400 }, (_, i) => `event ${i} of user ${i % 7}\n`).join('')

  test('is read by this Node, and by the library that stands in where Node has none', async () => {
    expect((await decompressZstd(fixture, lots)).toString()).toBe(lines)
    expect(withFzstd(fixture, lots).toString()).toBe(lines)
  })

  test('is written where Node has it, and read by the other library', async () => {
    const written = await compressZstd?.(Buffer.from(lines))
    expect(written === undefined).toBe(!('zstdCompress' in zlib))
    expect(withFzstd(written ?? fixture, lots).toString()).toBe(lines)
  })

  test('what is damaged, or unpacks to more than the bound, is refused', async () => {
    await expect(decompressZstd(fixture, 100)).rejects.toThrow()
    expect(() => withFzstd(fixture, 100)).toThrow('larger than 100')
    await expect(decompressZstd(fixture.subarray(0, 300), lots)).rejects.toThrow()
    await expect(decompressZstd(Buffer.from('not zstd'), lots)).rejects.toThrow()
  })
})

test('gzip is written where Node has no zstd, and is bounded when read', async () => {
  const long = Buffer.from('gzip '.repeat(10_000))
  expect((await decompressGzip(await compressGzip(long), lots)).equals(long)).toBe(true)
  await expect(decompressGzip(gzipSync(long), 1_000)).rejects.toThrow()
})

test('bytes of a stranger end in a result within the bound or in an error, whatever they are', () => {
  const max = 10_000
  const starts = [u32(0x184d2204), bytes(u32(0x184d2204), 0x60, 0x40, 0), bytes(0x82, 'SNAPPY', 0), u32(0xfd2fb528)]
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      const source = bytes(start, Buffer.from(rest))
      for (const decompress of [decompressLz4, decompressSnappy, withFzstd]) {
        try {
          expect(decompress(source, max).length).toBeLessThanOrEqual(max)
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error
        }
      }
    }),
  )
})
