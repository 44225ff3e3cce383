import type { Store } from '../../platform/ports/store.ts'
import { decodeCounts, encodeCounts, type PartitionCounts } from '../../schema/records/experiment.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates } from '../runner/stage.ts'

export function countStates(store: Store): OpenStates<PartitionCounts> {
  return () => ({
    async load(keys) {
      const rows = await store.get(
        tables.experimentCounts,
        keys.map((partition) => ({ partition })),
      )
      const found = new Map<string, PartitionCounts>()
      rows.forEach((bytes, n) => {
        if (bytes !== undefined) found.set(keys[n]!, decodeCounts(bytes))
      })
      return found
    },
    async save(changes) {
      await store.put(
        tables.experimentCounts,
        changes.map(({ key, state }) => ({
          partition: key,
          value: state === null ? null : encodeCounts(state),
          writeTimestamp: state === null ? 0n : writeTimestampOf(state.offset, state.epoch),
        })),
      )
    },
  })
}
