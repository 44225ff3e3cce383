import { decodeVersioned, encodeVersioned } from './codec.ts'

/** A row of experiment_counts: what became of one variant's lists, as one partition of topic history tells it. */
export interface ArmCounts {
  /** The newest record of the partition that is counted. */
  readonly offset: number
  readonly impressions: number
  /** CLICK and VIEW events that name the list. */
  readonly clicks: number
  readonly purchases: number
}

export const encodeArmCounts = (counts: ArmCounts): Uint8Array => encodeVersioned(1, counts)
export const decodeArmCounts = (bytes: Uint8Array): ArmCounts => decodeVersioned(1, bytes, 'experiment_counts')

/** A share with its 95 % interval (Wilson 1927), which is right for small counts and shares near 0 and 1 too. */
export function wilsonInterval(hits: number, trials: number): { share: number; low: number; high: number } {
  if (trials === 0) return { share: 0, low: 0, high: 1 }
  const z = 1.959964
  const share = hits / trials
  const centre = share + (z * z) / (2 * trials)
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  const scale = 1 + (z * z) / trials
  return { share, low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) }
}
