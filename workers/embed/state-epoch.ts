import type { UserState } from '../../schema/records/user-state.ts'
import { noPosition } from './erasure.ts'

/**
 * Returns the state as this epoch may compare it with records. A state of another epoch names positions of a topic
 * `interactions` that has been recreated or repartitioned since. Compared with them, the first records of the new topic
 * would be taken for records that the state contains, and be skipped. So such a state contains no record of this epoch.
 * Its event ids stay: an event that is delivered again still counts once.
 *
 * `adopted` stays, because its positions are compared for equality only. `backfill` stays, because it refers to topic
 * interactions.backfill.
 */
export function inEpoch(state: UserState, epoch: number): UserState {
  if ((state.epoch ?? 0) === epoch) return state
  const { forwarded: _, ...rest } = state
  return { ...rest, epoch, position: noPosition, changed: Math.min(state.changed, 0), acted: undefined }
}

const partitionsMax = 2 ** 16

/**
 * A partition of topic interactions, as rows of the item side name the sources of their deltas: another number in each
 * epoch, for the same reason. The number of epoch 0 is that of the partition.
 */
export const sourcePartition = (partition: number, epoch: number): number => epoch * partitionsMax + partition
