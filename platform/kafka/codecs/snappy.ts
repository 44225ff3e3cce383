import { uncompress } from 'snappyjs'

/** Of snappy-java, which Kafka's own clients use: this, two version numbers, then blocks behind their lengths. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeaderBytes = 16

/** Takes a snappy block apart, or a row of them in snappy-java's framing. @param bytesMax of the result */
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
