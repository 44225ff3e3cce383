import { crc32 } from 'node:zlib'

/** One frame of an animation: a PNG and its duration. */
export interface Frame {
  readonly png: Buffer
  readonly ms: number
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/**
 * Joins PNGs of one size and color type into an animated PNG that repeats forever, without decoding them: the
 * compressed pixels of a frame are copied to a chunk of another type. (Portable Network Graphics, third edition,
 * 11.3.6: acTL, fcTL, fdAT.)
 */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const [header, ...others] = frames.map(({ png }) => dataOf(png, 'IHDR'))
  if (header === undefined) throw new Error('an animation needs at least one frame')
  if (others.some((other) => !other.equals(header))) throw new Error('the frames differ in size or kind of color')
  let sequence = 0
  const parts = frames.flatMap(({ png, ms }, n) => {
    const control = Buffer.alloc(26)
    control.writeUInt32BE(sequence++, 0)
    header.copy(control, 4, 0, 8) // as wide and high as the picture; all else 0: at its corner, drawn over what was
    control.writeUInt16BE(ms, 20)
    control.writeUInt16BE(1000, 22)
    const pixels = dataOf(png, 'IDAT')
    return [chunk('fcTL', control), n === 0 ? chunk('IDAT', pixels) : chunk('fdAT', numbered(sequence++, pixels))]
  })
  const animation = Buffer.alloc(8)
  animation.writeUInt32BE(frames.length, 0)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('acTL', animation),
    ...parts,
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** All data of the chunks of this name, in their order. */
function dataOf(png: Buffer, wanted: string): Buffer {
  const found: Buffer[] = []
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === wanted) found.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return Buffer.concat(found)
}

function numbered(sequence: number, data: Buffer): Buffer {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(sequence, 0)
  return Buffer.concat([number, data])
}

function chunk(name: string, data: Buffer): Buffer {
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  length.writeUInt32BE(data.length, 0)
  check.writeUInt32BE(crc32(named), 0)
  return Buffer.concat([length, named, check])
}
