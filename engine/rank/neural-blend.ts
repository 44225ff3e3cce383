import { hiddenUnits } from '../kernels/hidden-layer.ts'
import type { NeuralBlend } from '../train/model.ts'
import { featureCount } from './features.ts'
import type { QueryContext } from './query.ts'

/**
 * Rows of `NeuralBlend.input`: features, curved features, the share of items known of the user, whether the query is
 * within a session. The hidden layer is added to the linear score: a linear blend cannot express that a source counts
 * more when another one agrees, or less when few items of the user are known.
 */
export const inputCount = 2 * featureCount + 2
const knownRow = 2 * featureCount
const sessionRow = knownRow + 1
/** Known items beyond which more make no difference. */
const knownItemsMax = 10

/** The share of `knownItemsMax` that is known of a user, 0 to 1. */
export const knownShare = (recents: number): number => Math.min(1, recents / knownItemsMax)

/** Returns per hidden unit its bias plus the contribution of the context. */
export function contextSums(
  { input, bias }: NeuralBlend,
  { recents, isInSession }: Omit<QueryContext, 'isBrowsing'>,
): Float32Array {
  const sums = bias.slice()
  const known = knownShare(recents)
  for (let h = 0; h < hiddenUnits; h++) {
    sums[h]! += input[knownRow * hiddenUnits + h]! * known
    if (isInSession) sums[h]! += input[sessionRow * hiddenUnits + h]!
  }
  return sums
}
