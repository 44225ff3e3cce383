import type { Environment } from './environment.ts'
import { logKey, logKeyBytes, offsetMax, parseRowKey, partitionKey, tableNameOf } from './keys.ts'
import { double } from './numbers.ts'
import type { KnownTopic } from './topic-reader.ts'

/** Number of offsets that are skipped if the end of a partition is unknown, so that no offset is assigned twice. */
const unknownOffsets = 1_000_000

/** The topics of a salvaged environment, by id. */
export function topicsOf(env: Environment): ReadonlyMap<number, KnownTopic> {
  env.root.resetReadTxn()
  const topics = [...env.topics.range({})].map(({ value }) => JSON.parse(value.toString()) as KnownTopic)
  return new Map(topics.map((topic) => [topic.id, topic]))
}

/** Describes an entry for the operator, for example `topic interactions, partition 0, records up to offset 120`. */
export function describeEntry(db: string, key: Buffer, topics: ReadonlyMap<number, KnownTopic>): string {
  const topicAt = (at: number) => topics.get(key.readUInt16BE(at))?.name ?? `number ${key.readUInt16BE(at)}`
  try {
    if (db === 'rows' || db === 'erasures') {
      const { partition, cluster } = parseRowKey(key)
      const what = db === 'rows' ? 'table' : 'erasure marker of table'
      return `${what} ${tableNameOf(key)}, key ${JSON.stringify(partition)}${cluster === '' ? '' : `, ${JSON.stringify(cluster)}`}`
    }
    if (db === 'log' && key.length === logKeyBytes) {
      return `topic ${topicAt(0)}, partition ${key.readUInt16BE(2)}, records up to offset ${key.readUIntBE(4, 6)}`
    }
    if (db === 'ends' || db === 'compaction') {
      return `${db} of topic ${topicAt(0)}, partition ${key.readUInt16BE(2)}`
    }
  } catch {
    // The key itself is damaged.
  }
  return `${db}, key ${key.toString('hex')}`
}

/**
 * Sets the end of every partition to at least the offset after its newest record. If the end was lost, the newest
 * records may be lost too: the end is then 1,000,000 higher, since an offset must never be assigned twice.
 *
 * @returns descriptions of the partitions whose end was lost
 */
export function restoreEnds(env: Environment, topics: ReadonlyMap<number, KnownTopic>): string[] {
  const moved: string[] = []
  env.root.transactionSync(() => {
    for (const { id, name, partitions } of topics.values()) {
      for (let partition = 0; partition < partitions; partition++) {
        const known = env.ends.get(partitionKey(id, partition))?.readDoubleBE(0)
        const newest = newestOffset(env, id, partition)
        if (known !== undefined && known > (newest ?? -1)) continue
        if (known === undefined && newest === undefined) continue // nothing was ever appended, or all of it is lost
        const end = Math.max(known ?? 0, newest ?? 0) + unknownOffsets
        env.ends.put(partitionKey(id, partition), double(end))
        moved.push(`topic ${name}, partition ${partition}: continues at offset ${end}`)
      }
    }
  })
  return moved
}

function newestOffset(env: Environment, topicId: number, partition: number): number | undefined {
  const range = { start: logKey(topicId, partition, offsetMax), end: logKey(topicId, partition, 0) }
  const [newest] = [...env.log.keys({ ...range, reverse: true, inclusiveEnd: true, limit: 1 })]
  return newest?.readUIntBE(4, 6)
}
