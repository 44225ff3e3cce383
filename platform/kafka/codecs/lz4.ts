const frameMagic = 0x184d2204
const skippableMagic = 0x184d2a5
const storedFlag = 0x80000000
const blockBytesMax: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 }
const matchBytesMin = 4
/** From this length on, a built-in copy is faster than a loop. */
const copyBytesMin = 24

/**
 * Decompresses LZ4 frames (lz4_Frame_format.md and lz4_Block_format.md of the reference implementation, 1.6.4):
 * consecutive and skippable frames, independent and linked blocks. Checksums are not verified; the brokers have done
 * that. Every length and distance is checked: malformed input causes an error, never an access outside of the
 * buffers.
 * @param bytesMax maximum size of the result
 * @throws Error if the input is malformed, needs a dictionary, or the result is too large
 */
export function decompressLz4(source: Uint8Array, bytesMax: number): Buffer {
  const output = new Output(Math.min(bytesMax, 4 * source.length), bytesMax)
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  let at = 0
  while (at < source.length) {
    const magic = view.getUint32(at, true)
    if (magic === frameMagic) at = readFrame(source, view, at + 4, output)
    else if (magic >>> 4 === skippableMagic) at += 8 + view.getUint32(at + 4, true)
    else throw new Error(`lz4: expected a frame, got bytes that begin with 0x${magic.toString(16)}`)
  }
  return output.bytes.subarray(0, output.length)
}

class Output {
  bytes: Buffer
  length = 0
  /** Position of the frame's first byte: matches may not start before it. */
  frameStart = 0

  constructor(
    size: number,
    private readonly bytesMax: number,
  ) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.min(this.bytesMax, Math.max(needed, 2 * this.bytes.length)))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}

/** @returns the place after the frame */
function readFrame(source: Uint8Array, view: DataView, start: number, output: Output): number {
  const flags = view.getUint8(start)
  if (flags >>> 6 !== 1) throw new Error(`lz4: expected version 1 of the frame format, got ${flags >>> 6}`)
  const sizeMax = blockBytesMax[(view.getUint8(start + 1) >>> 4) & 7]
  if (sizeMax === undefined) throw new Error('lz4: expected a maximum block size of the format, got another')
  const hasBlockChecksums = (flags & 0x10) !== 0
  const hasContentChecksum = (flags & 0x04) !== 0
  if ((flags & 0x01) !== 0) throw new Error('lz4: the frame needs a dictionary')
  let at = start + 3 + ((flags & 0x08) !== 0 ? 8 : 0) // flags, sizes, content size where given, header checksum
  output.frameStart = output.length
  for (;;) {
    const header = view.getUint32(at, true)
    at += 4
    if (header === 0) return at + (hasContentChecksum ? 4 : 0)
    const size = (header & ~storedFlag) >>> 0
    if (size > sizeMax || at + size > source.length)
      throw new Error(`lz4: expected a block of at most ${sizeMax} bytes within the source, got ${size} bytes`)
    const block = source.subarray(at, at + size)
    output.reserve(Math.min(sizeMax, 255 * size))
    if ((header & storedFlag) !== 0) store(block, output)
    else readBlock(block, output, output.length + sizeMax)
    at += size + (hasBlockChecksums ? 4 : 0)
  }
}

function store(bytes: Uint8Array, output: Output): void {
  if (output.length + bytes.length > output.bytes.length) throw new Error('lz4: the result is too large')
  output.bytes.set(bytes, output.length)
  output.length += bytes.length
}

/** Decodes sequences of literals and a match; the last sequence has no match. */
function readBlock(block: Uint8Array, output: Output, blockEnd: number): void {
  const { bytes, frameStart } = output
  const end = Math.min(blockEnd, bytes.length)
  let to = output.length
  let at = 0

  const readLength = (nibble: number): number => {
    let length = nibble
    if (nibble !== 15) return length
    for (let more = 255; more === 255; length += more) {
      if (at >= block.length) throw new Error('lz4: the block ends within a length')
      more = block[at++]!
    }
    return length
  }

  while (at < block.length) {
    const token = block[at++]!
    const literals = readLength(token >>> 4)
    if (at + literals > block.length || to + literals > end) throw new Error('lz4: literals beyond the end')
    if (literals < copyBytesMin) for (let i = 0; i < literals; i++) bytes[to + i] = block[at + i]!
    else bytes.set(block.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === block.length) break
    if (at + 2 > block.length) throw new Error('lz4: the block ends within a distance')
    const distance = block[at]! | (block[at + 1]! << 8)
    at += 2
    const length = matchBytesMin + readLength(token & 15)
    const from = to - distance
    if (distance === 0 || from < frameStart || to + length > end) throw new Error('lz4: a match beyond the ends')
    if (length < copyBytesMin || distance < length) for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i]!
    else bytes.copyWithin(to, from, from + length)
    to += length
  }
  output.length = to
}
