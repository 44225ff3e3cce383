import type { RowWrite, Store } from '../../platform/ports/store.ts'
import type { TableRows } from '../../platform/ports/write-together.ts'
import type { Table } from '../../schema/tables.ts'
import type { Owner, Scheduler } from './scheduler.ts'

interface Cell {
  readonly value: Uint8Array | null
  readonly at: bigint
}

interface StoredPartition {
  readonly rows: Map<string, Cell>
  erasedAt: bigint
}

export type RowWatch = (table: Table, partition: string, before: Uint8Array | null, after: Uint8Array | null) => void

/** A Store in memory that promises what platform/ports/store.ts does, and no more. */
export class SimStore {
  /** When false, the last write wins whatever its `at`: to see whether anybody notices. */
  newestWins = true
  readonly tables = new Map<string, Map<string, StoredPartition>>()

  constructor(
    private readonly scheduler: Scheduler,
    private readonly watch: RowWatch,
  ) {}

  /** Rows that show, by partition and cluster. */
  rows(table: Table): Map<string, Uint8Array> {
    const rows = new Map<string, Uint8Array>()
    for (const [partition, { rows: cells }] of this.tables.get(table.name) ?? []) {
      for (const [cluster, { value }] of cells) if (value !== null) rows.set(`${partition}/${cluster}`, value)
    }
    return rows
  }

  forOwner(owner: Owner): Store {
    const { scheduler } = this
    return {
      migrate: async () => {},
      close: async () => {},
      get: async (table, keys) => {
        const values = new Array<Uint8Array | undefined>(keys.length)
        const read = (from: number, to: number) =>
          scheduler.call(owner, `get ${table.name}`, () => {
            for (let n = from; n < to; n++) values[n] = this.value(table, keys[n]!.partition, keys[n]!.cluster)
          })
        const cut = this.cut(keys.length) // keys of one call are read at different times
        await Promise.all(cut === 0 ? [read(0, keys.length)] : [read(0, cut), read(cut, keys.length)])
        return values
      },
      put: async (table, rows) => {
        const write = (part: readonly RowWrite[]) => {
          const apply = (some: readonly RowWrite[]) => {
            for (const row of some) this.apply(table, row)
          }
          const half = part.slice(0, part.length >> 1)
          return scheduler.write(
            owner,
            `put ${table.name}`,
            () => apply(part),
            () => apply(half),
          )
        }
        const cut = this.cut(rows.length)
        const written = await Promise.allSettled(
          cut === 0 ? [write(rows)] : [write(rows.slice(0, cut)), write(rows.slice(cut))],
        )
        for (const one of written) if (one.status === 'rejected') throw one.reason
      },
      putIfAbsent: (table, row) =>
        scheduler.write(owner, `put ${table.name}`, () => {
          const { rows } = this.partition(table, row.partition)
          const cluster = row.cluster ?? ''
          const standing = rows.get(cluster)?.value ?? row.value
          rows.set(cluster, { value: standing, at: 0n })
          return standing
        }),
      range: (table, partition, { after, limit, reverse = false }) =>
        scheduler.call(owner, `range ${table.name}`, () => {
          const cells = this.tables.get(table.name)?.get(partition)?.rows ?? new Map<string, Cell>()
          const clusters = [...cells.keys()].sort()
          if (reverse) clusters.reverse()
          return clusters
            .filter((cluster) => after === undefined || (reverse ? cluster < after : cluster > after))
            .flatMap((cluster) => {
              const value = cells.get(cluster)?.value ?? null
              return value === null ? [] : [{ partition, cluster, value }]
            })
            .slice(0, limit)
        }),
      erase: (table, partition, at) =>
        scheduler.write(owner, `erase ${table.name}`, () => {
          const stored = this.partition(table, partition)
          if (at > stored.erasedAt) stored.erasedAt = at
          for (const [cluster, cell] of stored.rows) if (cell.at <= at) stored.rows.delete(cluster)
        }),
      scan: (table) => this.scan(owner, table),
    }
  }

  /** Within one step of the scheduler. */
  putNow({ table, rows }: TableRows): void {
    for (const row of rows) this.apply(table, row)
  }

  private async *scan(owner: Owner, table: Table) {
    const partitions = await this.scheduler.call(owner, `scan ${table.name}`, () => [
      ...(this.tables.get(table.name) ?? []),
    ])
    yield partitions.flatMap(([partition, { rows }]) =>
      [...rows].flatMap(([cluster, { value }]) => (value === null ? [] : [{ partition, cluster, value }])),
    )
  }

  private value(table: Table, partition: string, cluster = ''): Uint8Array | undefined {
    return this.tables.get(table.name)?.get(partition)?.rows.get(cluster)?.value ?? undefined
  }

  private apply(table: Table, { partition, cluster = '', value, writeTimestamp }: RowWrite): void {
    const stored = this.partition(table, partition)
    const before = stored.rows.get(cluster)
    if (this.newestWins) {
      if (writeTimestamp <= stored.erasedAt || (before !== undefined && before.at > writeTimestamp)) return
      if (before?.at === writeTimestamp && !wins(value, before.value)) return
    }
    this.watch(table, partition, before?.value ?? null, value)
    stored.rows.set(cluster, { value, at: writeTimestamp })
  }

  private partition(table: Table, partition: string): StoredPartition {
    let partitions = this.tables.get(table.name)
    if (!partitions) this.tables.set(table.name, (partitions = new Map()))
    let stored = partitions.get(partition)
    if (!stored) partitions.set(partition, (stored = { rows: new Map(), erasedAt: 0n }))
    return stored
  }

  private cut(length: number): number {
    const { dice, weather } = this.scheduler
    return length < 2 || !dice.chance(weather.lateAnswer) ? 0 : dice.between(1, length - 1)
  }
}

/** Of two values of one write timestamp, as Cassandra and the embedded store decide it. */
function wins(value: Uint8Array | null, existing: Uint8Array | null): boolean {
  if (value === null || existing === null) return value === null
  return Buffer.compare(value, existing) > 0
}
