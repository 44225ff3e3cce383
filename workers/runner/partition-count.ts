/** Records of one partition that were counted since the last call for it. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  readonly records: number
}

const everyMs = 10 * 60_000

/** Counts records by partition. `onCounted` is called at the first record of a partition, then once in ten minutes. */
export function createPartitionCount(onCounted: (counted: PartitionRecords) => void = () => {}) {
  const totals = new Map<number, number>()
  const told = new Map<number, { at: number; total: number }>()
  return {
    add({ topic, partition }: { topic: string; partition: number }, records: number, now: number): void {
      const total = (totals.get(partition) ?? 0) + records
      totals.set(partition, total)
      const last = told.get(partition)
      if (last !== undefined && now - last.at < everyMs) return
      told.set(partition, { at: now, total })
      onCounted({ topic, partition, records: total - (last?.total ?? 0) })
    },
    /** Partition → records since the start; undefined where there are none. */
    totals: (): Record<string, number> | undefined => (totals.size === 0 ? undefined : Object.fromEntries(totals)),
  }
}
