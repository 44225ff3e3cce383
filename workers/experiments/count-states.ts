import type { Store } from '../../platform/ports/store.ts'
import { type ArmCounts, decodeArmCounts, encodeArmCounts } from '../../schema/records/experiment.ts'
import { revisionOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { OpenStates } from '../runner/stage.ts'

export function countStates(store: Store, epoch: number): OpenStates<ArmCounts> {
  return () => ({
    async load(keys) {
      const rows = await store.get(
        tables.experimentCounts,
        keys.map((partition) => ({ partition })),
      )
      const found = new Map<string, ArmCounts>()
      rows.forEach((bytes, n) => {
        if (bytes !== undefined) found.set(keys[n]!, decodeArmCounts(bytes))
      })
      return found
    },
    async save(changes) {
      await store.put(
        tables.experimentCounts,
        changes.map(({ key, state, position }) => ({
          partition: key,
          value: state === null ? null : encodeArmCounts(state),
          writeTimestamp: revisionOf(position.offset, epoch),
        })),
      )
    },
  })
}
