import type { Table } from '../../schema/tables.ts'
import { chunkByBytes } from '../chunk-by-bytes.ts'
import type { Clock } from '../ports/clock.ts'
import type { RangeOptions, Row, RowKey, RowWrite, Store } from '../ports/store.ts'
import type { Environment } from './environment.ts'
import { afterPrefix, parseRowKey, rowKey, rowPrefix, tablePrefix } from './keys.ts'
import { nextTurn } from './waiting.ts'
import { encodeRow, type PutCommand, rowKind, rowKindOf, rowValue, rowVanishesAt } from './write-commands.ts'
import { bytesOfRow, groupBytesMax } from './write-group.ts'
import type { WriteQueue } from './write-queue.ts'

export interface StoreParts {
  readonly env: Environment
  readonly queue: WriteQueue
  readonly clock: Clock
  /** How long a removal is kept, so that it wins over late writes with a smaller timestamp. */
  readonly graceMs: number
}

/** The Store over LMDB. Each read is one lookup in a snapshot of what is durable. */
export class EmbeddedStore implements Store {
  /** @param release called by close(), when the store is no longer used */
  constructor(
    private readonly parts: StoreParts,
    private readonly release: () => Promise<void>,
  ) {}

  /** Does nothing: the key of a row contains the name of its table. */
  async migrate(): Promise<void> {}

  async get(table: Table, keys: readonly RowKey[]): Promise<(Uint8Array | undefined)[]> {
    const { env, clock } = this.parts
    const now = clock.now()
    env.root.resetReadTxn()
    return keys.map(({ partition, cluster }) => {
      const row = env.rows.get(rowKey(table, partition, cluster))
      return row === undefined ? undefined : visible(row, now)
    })
  }

  async put(table: Table, rows: readonly RowWrite[]): Promise<void> {
    const { queue, clock, graceMs } = this.parts
    const commands = toPutCommands(table, rows, { now: clock.now(), graceMs })
    // As in EmbeddedLog.append: a batch of large states may exceed the queue's bound.
    for (const portion of chunkByBytes(commands, bytesOfRow, groupBytesMax)) {
      await Promise.all(new Set(portion.map((row) => queue.put(row))))
    }
  }

  async putIfAbsent(table: Table, row: RowKey & { readonly value: Uint8Array }): Promise<Uint8Array> {
    const key = rowKey(table, row.partition, row.cluster)
    const encoded = encodeRow({ writeTimestamp: 0n, kind: rowKind.live, vanishesAt: 0, value: row.value })
    await this.parts.queue.task({ type: 'putIfAbsent', key, row: encoded })
    const [standing] = await this.get(table, [row])
    if (standing === undefined) throw new Error(`${table.name}: expected the row that was just created, found none`)
    return standing
  }

  async range(table: Table, partition: string, { after, limit, reverse }: RangeOptions): Promise<Row[]> {
    const { env, clock } = this.parts
    const now = clock.now()
    const prefix = rowPrefix(table, partition)
    const from = after === undefined ? prefix : rowKey(table, partition, after)
    const to = afterPrefix(prefix)
    const bounds = reverse
      ? { start: after === undefined ? to : from, end: prefix, exclusiveStart: after !== undefined, inclusiveEnd: true }
      : { start: from, end: to, exclusiveStart: after !== undefined }
    env.root.resetReadTxn()
    const rows: Row[] = []
    for (const { key, value: row } of env.rows.range({ ...bounds, reverse: reverse ?? false })) {
      if (rows.length >= limit) break
      if (Buffer.compare(key.subarray(0, prefix.length), prefix) !== 0) continue
      const value = visible(row, now)
      if (value !== undefined) rows.push({ partition, cluster: parseRowKey(key).cluster, value })
    }
    return rows
  }

  async erase(table: Table, partition: string, at: bigint): Promise<void> {
    const { queue, clock, graceMs } = this.parts
    await queue.task({ type: 'erase', prefix: rowPrefix(table, partition), at, purgeAt: clock.now() + graceMs })
  }

  /**
   * Each page is a separate read, so a long scan pins no old pages. Rows that exist throughout the scan are returned
   * once.
   */
  async *scan(table: Table, pageRows = 1000): AsyncIterable<Row[]> {
    const { env, clock } = this.parts
    const prefix = tablePrefix(table)
    const end = afterPrefix(prefix)
    let start = prefix
    let exclusiveStart = false
    for (;;) {
      env.root.resetReadTxn()
      const found = [...env.rows.range({ start, end, exclusiveStart, limit: pageRows })]
      if (found.length === 0) return
      const now = clock.now()
      const page = found.flatMap(({ key, value: row }) => {
        const value = visible(row, now)
        if (value === undefined) return []
        const { partition, cluster } = parseRowKey(key)
        return [table.clusteringKey === undefined ? { partition, value } : { partition, cluster, value }]
      })
      if (page.length > 0) yield page
      start = found.at(-1)!.key
      exclusiveStart = true
      await nextTurn()
    }
  }

  async close(): Promise<void> {
    await this.release()
  }
}

const nothing = new Uint8Array(0)

/** @param graceMs how long a removal is remembered */
export function toPutCommands(
  table: Table,
  rows: readonly RowWrite[],
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): PutCommand[] {
  const endsAt = table.ttlSeconds === undefined ? 0 : now + table.ttlSeconds * 1000
  return rows.map(({ partition, cluster, value, writeTimestamp }) => ({
    key: rowKey(table, partition, cluster),
    writeTimestamp,
    kind: value === null ? rowKind.tombstone : rowKind.live,
    vanishesAt: value === null ? now + graceMs : endsAt,
    value: value ?? nothing,
  }))
}

function visible(row: Buffer, now: number): Uint8Array | undefined {
  if (rowKindOf(row) === rowKind.tombstone) return undefined
  const vanishesAt = rowVanishesAt(row)
  return vanishesAt > 0 && vanishesAt <= now ? undefined : rowValue(row)
}
