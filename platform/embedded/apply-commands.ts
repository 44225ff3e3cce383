import type { Environment } from './environment.ts'
import { afterPrefix, logKey, partitionKey, purgeKey, rowPrefixBytes } from './keys.ts'
import { countOf, setBaseOffset } from './log-codec.ts'
import { double } from './numbers.ts'
import {
  command,
  type RowKind,
  rowKind,
  rowKindOf,
  rowValue,
  rowVanishesAt,
  rowWriteTimestamp,
  type Task,
} from './write-commands.ts'

/** For each topic and partition that grew: its new end. The writer announces it to waiting readers. */
export type Growth = readonly [topicId: number, partition: number, end: number]

export interface Applied {
  readonly baseOffsets: Float64Array
  readonly growth: readonly Growth[]
  readonly topicsChanged: boolean
  readonly purged: number
}

/** Applies one request. Runs inside the writer's transaction; a throw rolls all of it back. */
export function applyRequest(env: Environment, commands: Buffer, tasks: readonly Task[]): Applied {
  const baseOffsets: number[] = []
  const growth: Growth[] = []
  let purged = 0
  let at = 0
  while (at < commands.length) {
    const kind = commands[at]
    if (kind === command.append) {
      const topicId = commands.readUInt16BE(at + 1)
      const partition = commands.readUInt16BE(at + 3)
      const chunkEnd = at + 9 + commands.readUInt32BE(at + 5)
      const end = appendChunk(env, topicId, partition, commands.subarray(at + 9, chunkEnd), baseOffsets)
      growth.push([topicId, partition, end])
      at = chunkEnd
    } else if (kind === command.put) {
      const keyEnd = at + 7 + commands.readUInt16BE(at + 1)
      const rowEnd = keyEnd + commands.readUInt32BE(at + 3)
      putRow(env, commands.subarray(at + 7, keyEnd), commands.subarray(keyEnd, rowEnd))
      at = rowEnd
    } else if (kind === command.commitOffset) {
      const keyEnd = at + 11 + commands.readUInt16BE(at + 1)
      raiseOffset(env, commands.subarray(at + 11, keyEnd), commands.readDoubleBE(at + 3))
      at = keyEnd
    } else throw new Error(`unknown command ${kind}`)
  }
  for (const task of tasks) purged += applyTask(env, task)
  const topicsChanged = tasks.some((task) => task.type === 'createTopics')
  return { baseOffsets: Float64Array.from(baseOffsets), growth, topicsChanged, purged }
}

function appendChunk(env: Environment, topicId: number, partition: number, chunk: Buffer, bases: number[]): number {
  const key = partitionKey(topicId, partition)
  const base = env.ends.getFast(key)?.readDoubleBE(0) ?? 0
  const end = base + countOf(chunk)
  setBaseOffset(chunk, base)
  env.log.put(logKey(topicId, partition, end - 1), chunk)
  env.ends.put(key, double(end))
  bases.push(base)
  return end
}

/** The greatest write timestamp wins, in any order of arrival. */
function putRow(env: Environment, key: Buffer, row: Buffer) {
  const existing = env.rows.getFast(key) // a buffer that the next read uses again
  if (existing !== undefined && !wins(row, existing)) return
  const erasedAt = env.erasures.getFast(key.subarray(0, rowPrefixBytes(key)))?.readBigInt64BE(0)
  if (erasedAt !== undefined && rowWriteTimestamp(row) <= erasedAt) return
  env.rows.put(key, row)
  const vanishesAt = rowVanishesAt(row)
  if (vanishesAt > 0) env.purge.put(purgeKey(vanishesAt, key), Buffer.from([purgeKind.row]))
}

/**
 * At equal write timestamps a removal wins, then the greater value, as in Cassandra, so that the order does not
 * matter.
 */
function wins(row: Buffer, existing: Buffer): boolean {
  const difference = rowWriteTimestamp(row) - rowWriteTimestamp(existing)
  if (difference !== 0n) return difference > 0n
  const kind = rowKindOf(row) as RowKind
  if (kind !== rowKindOf(existing)) return kind === rowKind.tombstone
  return Buffer.compare(rowValue(row), rowValue(existing)) > 0
}

function raiseOffset(env: Environment, key: Buffer, offset: number) {
  const committed = env.offsets.getFast(key)?.readDoubleBE(0) ?? -1
  if (offset > committed) env.offsets.put(key, double(offset))
}

const purgeKind = { row: 0, erasure: 1 } as const

function applyTask(env: Environment, task: Task): number {
  switch (task.type) {
    case 'createTopics':
      createTopics(env, task)
      return 0
    case 'erase':
      erase(env, Buffer.from(task.prefix), task.at, task.purgeAt)
      return 0
    case 'putIfAbsent':
      if (env.rows.getFast(Buffer.from(task.key)) === undefined)
        env.rows.put(Buffer.from(task.key), Buffer.from(task.row))
      return 0
    case 'rewrite':
      for (const key of task.remove) env.log.remove(Buffer.from(key))
      for (const { key, value } of task.put) env.log.put(Buffer.from(key), Buffer.from(value))
      return 0
    case 'setCompaction':
      env.compaction.put(Buffer.from(task.key), Buffer.from(task.state))
      return 0
    case 'purge':
      return purge(env, task.until, task.rowsMax)
  }
}

function createTopics(env: Environment, { specs }: Extract<Task, { type: 'createTopics' }>) {
  let nextId = [...env.topics.keys({})].length
  for (const spec of specs) {
    const key = Buffer.from(spec.name)
    const existing = env.topics.get(key)
    // A topic keeps its number of partitions: the records of a key would otherwise be in two of them.
    const row = existing === undefined ? { ...spec, id: nextId++ } : { ...spec, ...kept(existing) }
    env.topics.put(key, Buffer.from(JSON.stringify(row)))
  }
}

function kept(existing: Buffer): { id: number; partitions: number } {
  const { id, partitions } = JSON.parse(existing.toString()) as { id: number; partitions: number }
  return { id, partitions }
}

function erase(env: Environment, prefix: Buffer, at: bigint, purgeAt: number) {
  // Damaged rows of an erased user are removed too.
  for (const { key, value } of [...env.rows.rangeWithDamage({ start: prefix, end: afterPrefix(prefix) })]) {
    if (value === undefined || rowWriteTimestamp(value) <= at) env.rows.remove(key)
  }
  const before = env.erasures.getFast(prefix)?.readBigInt64BE(0)
  if (before !== undefined && before >= at) return
  const marker = Buffer.allocUnsafe(16)
  marker.writeBigInt64BE(at, 0)
  marker.writeDoubleBE(purgeAt, 8)
  env.erasures.put(prefix, marker)
  env.purge.put(purgeKey(purgeAt, prefix), Buffer.from([purgeKind.erasure]))
}

/** Removes tombstones, markers and rows that have expired. A row written again since has a later expiry, and stays. */
function purge(env: Environment, until: number, rowsMax: number): number {
  const due = [
    ...env.purge.range({ start: Buffer.alloc(8), end: purgeKey(until + 1, Buffer.alloc(0)), limit: rowsMax }),
  ]
  for (const { key: dueKey, value } of due) {
    const key = dueKey.subarray(8)
    const when = Number(dueKey.readBigUInt64BE(0))
    if (value[0] === purgeKind.erasure) {
      const vanishesAt = env.erasures.get(key)?.readDoubleBE(8)
      if (vanishesAt !== undefined && Math.floor(vanishesAt) <= when) env.erasures.remove(key)
    } else {
      const row = env.rows.get(key)
      if (row !== undefined && rowVanishesAt(row) > 0 && Math.floor(rowVanishesAt(row)) <= when) env.rows.remove(key)
    }
    env.purge.remove(dueKey)
  }
  return due.length
}
