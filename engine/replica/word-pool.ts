/** Words of a chunk: 256 kB. */
const chunkWords = 1 << 16
/** Addresses count units of four words, so that an int32 reaches 32 GB. */
const unitWords = 4
const unitsPerChunkBits = 14
const unitMask = (1 << unitsPerChunkBits) - 1
/** Address of a block of no words. */
export const noBlock = -1

/**
 * Memory for very many small arrays of 32-bit words. A separate typed array costs an allocation and about 280 bytes
 * in addition to its content; a block has no such overhead. Blocks lie in chunks and never span two. A freed block is
 * reused for a block of the same number of words. The content of a new block is undefined.
 *
 * A block is read and written as `chunk[offset + k]`, where `chunk` is `ints(address)` or `floats(address)`, two
 * views of the same words, and `offset` is `offsetOf(address)`.
 */
export class WordPool {
  private readonly intChunks: Int32Array[] = []
  private readonly floatChunks: Float32Array[] = []
  /** By words of a block: address of the first free one. The first word of a free block is the address of the next. */
  private readonly free = new Map<number, number>()
  /** Numbers of chunks whose single large block was freed. */
  private readonly freeChunks: number[] = []
  /** Words used of the chunk `current`. */
  private used = chunkWords
  private current = -1

  ints(address: number): Int32Array {
    return this.intChunks[address >> unitsPerChunkBits]!
  }

  floats(address: number): Float32Array {
    return this.floatChunks[address >> unitsPerChunkBits]!
  }

  /** Bytes of all chunks. */
  get bytes(): number {
    return this.intChunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** @param words a result of `roomFor`, above 0 */
  allocate(words: number): number {
    const next = this.free.get(words) ?? noBlock
    if (next !== noBlock) {
      this.free.set(words, this.ints(next)[offsetOf(next)]!)
      return next
    }
    if (words > chunkWords) return this.addChunk(words) << unitsPerChunkBits
    if (this.used + words > chunkWords) {
      this.freeRemainder()
      this.current = this.addChunk(chunkWords)
      this.used = 0
    }
    const address = (this.current << unitsPerChunkBits) + this.used / unitWords
    this.used += words
    return address
  }

  /** @param words the same as of `allocate` */
  release(address: number, words: number): void {
    if (words > chunkWords) {
      const chunk = address >> unitsPerChunkBits
      this.intChunks[chunk] = noInts
      this.floatChunks[chunk] = noFloats
      this.freeChunks.push(chunk)
      return
    }
    this.ints(address)[offsetOf(address)] = this.free.get(words) ?? noBlock
    this.free.set(words, address)
  }

  private freeRemainder(): void {
    for (let words = largestRoom(chunkWords - this.used); words > 0; words = largestRoom(chunkWords - this.used)) {
      this.release((this.current << unitsPerChunkBits) + this.used / unitWords, words)
      this.used += words
    }
  }

  private addChunk(words: number): number {
    const chunk = this.freeChunks.pop() ?? this.intChunks.length
    const ints = new Int32Array(words)
    this.intChunks[chunk] = ints
    this.floatChunks[chunk] = new Float32Array(ints.buffer)
    return chunk
  }
}

/** Where a block begins in its chunk. */
export const offsetOf = (address: number): number => (address & unitMask) * unitWords

/** Returns the words of the smallest block that holds `words`: at most an eighth or 3 words more. */
export function roomFor(words: number): number {
  const step = stepAt(words)
  return Math.ceil(words / step) * step
}

/** Words of the largest block that is not larger than `words`. */
function largestRoom(words: number): number {
  const step = stepAt(words)
  return Math.floor(words / step) * step
}

/** Sizes of blocks are multiples of this: 8 sizes for each doubling, and multiples of four words. */
const stepAt = (words: number): number => Math.max(unitWords, 2 ** (31 - Math.clz32(words) - 3))

const noInts = new Int32Array(0)
const noFloats = new Float32Array(0)
