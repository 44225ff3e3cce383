import { uncompress } from 'snappyjs'

/**
 * Framing of snappy-java, which Kafka's own clients use: this, two version numbers, then blocks, each after its
 * length.
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeaderBytes = 16

/**
 * Decompresses a snappy block, or several in the framing of snappy-java.
 * @param bytesMax maximum size of the result
 * @throws Error if the input is malformed or the result is too large
 */
export function decompressSnappy(source: Buffer, bytesMax: number): Buffer {
  if (!source.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(source, bytesMax)
  const blocks: Buffer[] = []
  let room = bytesMax
  for (let at = xerialHeaderBytes; at < source.length; ) {
    const start = at + 4
    const end = start + source.readUInt32BE(at)
    if (end > source.length) throw new Error('snappy: the last block is cut')
    const block = uncompress(source.subarray(start, end), room)
    room -= block.length
    blocks.push(block)
    at = end
  }
  return Buffer.concat(blocks)
}
