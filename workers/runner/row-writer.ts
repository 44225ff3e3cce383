import type { Store } from '../../platform/ports/store.ts'
import type { Table } from '../../schema/tables.ts'
import type { RowChange } from './stage.ts'

/** Writes rows of several tables, one call per table, then erases partitions, because a row may record the erasure. */
export const rowWriter =
  (store: Store) =>
  async (rows: readonly RowChange[]): Promise<void> => {
    const puts = new Map<
      Table,
      { partition: string; cluster?: string; value: Uint8Array | null; writeTimestamp: bigint }[]
    >()
    const erasures: Extract<RowChange, { erase: true }>[] = []
    for (const row of rows) {
      if ('erase' in row) {
        erasures.push(row)
        continue
      }
      const { table, ...write } = row
      const group = puts.get(table)
      if (group) group.push(write)
      else puts.set(table, [write])
    }
    await Promise.all([...puts].map(([table, writes]) => store.put(table, newestPerRow(writes))))
    await Promise.all(
      erasures.map(({ table, partition, writeTimestamp }) => store.erase(table, partition, writeTimestamp)),
    )
  }

function newestPerRow<W extends { partition: string; cluster?: string; writeTimestamp: bigint }>(
  writes: readonly W[],
): W[] {
  const newest = new Map<string, W>()
  for (const write of writes) {
    // The length shows where the partition ends, because ids may contain any character.
    const name = `${write.partition.length} ${write.partition}${write.cluster ?? ''}`
    const other = newest.get(name)
    if (other === undefined || other.writeTimestamp <= write.writeTimestamp) newest.set(name, write)
  }
  return [...newest.values()]
}
