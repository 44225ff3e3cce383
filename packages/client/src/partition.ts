/**
 * Returns the partition of a user, for a balancer that sends all requests and sockets of a partition to one server:
 * murmur2 over the UTF-8 bytes of the id, as the default partitioner of Kafka's Java client.
 *
 * @param partitions PICKSTREAM_PARTITIONS of the servers
 * @returns 0 to partitions - 1
 * @throws RangeError if `partitions` is not a whole number of at least 1
 */
export function partitionOf(userId: string, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`partitions: expected a whole number of at least 1, got ${partitions}`)
  return (murmur2(new TextEncoder().encode(userId)) & 0x7fffffff) % partitions
}

const seed = 0x9747b28c
const mixer = 0x5bd1e995

function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer)
  const words = bytes.length >> 2
  let hash = seed ^ bytes.length
  for (let n = 0; n < words; n++) hash = Math.imul(hash, mixer) ^ mixed(view.getInt32(4 * n, true))
  let rest = 0
  for (let k = bytes.length - 1; k >= 4 * words; k--) rest = (rest << 8) | bytes[k]!
  if (bytes.length % 4 > 0) hash = Math.imul(hash ^ rest, mixer)
  hash = Math.imul(hash ^ (hash >>> 13), mixer)
  return hash ^ (hash >>> 15)
}

function mixed(word: number): number {
  const product = Math.imul(word, mixer)
  return Math.imul(product ^ (product >>> 24), mixer)
}
