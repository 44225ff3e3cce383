import type { Store } from '../../platform/ports/store.ts'
import type { Table } from '../../schema/tables.ts'
import type { RowChange } from './stage.ts'

/** Writes rows of several tables: erasures of a partition first, then each table's rows in one call. */
export const rowWriter =
  (store: Store) =>
  async (rows: readonly RowChange[]): Promise<void> => {
    const puts = new Map<Table, { partition: string; cluster?: string; value: Uint8Array | null; at: bigint }[]>()
    const erasures: Promise<void>[] = []
    for (const row of rows) {
      if ('erase' in row) {
        erasures.push(store.erase(row.table, row.partition, row.at))
        continue
      }
      const { table, ...write } = row
      const group = puts.get(table)
      if (group) group.push(write)
      else puts.set(table, [write])
    }
    await Promise.all(erasures)
    await Promise.all([...puts].map(([table, writes]) => store.put(table, newestPerRow(writes))))
  }

function newestPerRow<W extends { partition: string; cluster?: string; at: bigint }>(writes: readonly W[]): W[] {
  const newest = new Map<string, W>()
  for (const write of writes) {
    const name = write.cluster === undefined ? write.partition : `${write.partition}\0${write.cluster}`
    const other = newest.get(name)
    if (other === undefined || other.at <= write.at) newest.set(name, write)
  }
  return [...newest.values()]
}
