import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offsetOf, roomFor, WordPool } from './word-pool.ts'

/** Fills a block with a mark of its own. */
function mark(pool: WordPool, address: number, words: number, value: number): void {
  pool.ints(address).fill(value, offsetOf(address), offsetOf(address) + words)
}

const holds = (pool: WordPool, address: number, words: number, value: number): boolean =>
  pool
    .ints(address)
    .subarray(offsetOf(address), offsetOf(address) + words)
    .every((word) => word === value)

test('blocks keep their content while others are allocated and released', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 60_000, max: 70_000 }))
  const steps = fc.array(fc.record({ size, releases: fc.boolean(), pick: fc.nat() }), { maxLength: 120 })
  fc.assert(
    fc.property(steps, (list) => {
      const pool = new WordPool()
      const held: { address: number; words: number; value: number }[] = []
      for (const [value, { size, releases, pick }] of list.entries()) {
        if (releases && held.length > 0) {
          const [block] = held.splice(pick % held.length, 1)
          pool.release(block!.address, block!.words)
        } else {
          const words = roomFor(size)
          const address = pool.allocate(words)
          mark(pool, address, words, value)
          held.push({ address, words, value })
        }
        expect(held.every((block) => holds(pool, block.address, block.words, block.value))).toBe(true)
      }
    }),
  )
})

test('both views of a block show the same words', () => {
  const pool = new WordPool()
  const address = pool.allocate(roomFor(7))
  pool.floats(address)[offsetOf(address) + 6] = 1.5
  expect(pool.ints(address)[offsetOf(address) + 6]).toBe(new Int32Array(Float32Array.of(1.5).buffer)[0])
})

test('a released block is used again: memory does not grow when sizes alternate', () => {
  const pool = new WordPool()
  for (let n = 0; n < 20; n++)
    for (const words of [8, 400, 70_000]) pool.release(pool.allocate(roomFor(words)), roomFor(words))
  const { bytes } = pool
  for (let n = 0; n < 1_000; n++)
    for (const words of [8, 400, 70_000]) pool.release(pool.allocate(roomFor(words)), roomFor(words))
  expect(pool.bytes).toBe(bytes)
})

test('a block is at most an eighth or three words larger than asked for, and its size is a size of its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), (words) => {
      const room = roomFor(words)
      expect(room).toBeGreaterThanOrEqual(words)
      expect(room - words).toBeLessThanOrEqual(Math.max(3, words / 8))
      expect(roomFor(room)).toBe(room)
    }),
  )
})
