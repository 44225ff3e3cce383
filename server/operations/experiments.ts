import type { Store } from '../../platform/ports/store.ts'
import type { Experiment, Share } from '../../schema/graphql/operations.ts'
import { type ArmCounts, decodeArmCounts, wilsonInterval } from '../../schema/records/experiment.ts'
import { tables } from '../../schema/tables.ts'

/** Every experiment that has counts, its variants side by side. */
export async function readExperiments(store: Store): Promise<Experiment[]> {
  const arms = new Map<string, Pick<ArmCounts, 'impressions' | 'clicks' | 'purchases'>>()
  for await (const rows of store.scan(tables.experimentCounts)) {
    for (const { partition, value } of rows) {
      const arm = partition.slice(0, partition.lastIndexOf('/'))
      const known = arms.get(arm) ?? { impressions: 0, clicks: 0, purchases: 0 }
      const { impressions, clicks, purchases } = decodeArmCounts(value)
      arms.set(arm, {
        impressions: known.impressions + impressions,
        clicks: known.clicks + clicks,
        purchases: known.purchases + purchases,
      })
    }
  }
  const experiments = new Map<string, Experiment['variants'][number][]>()
  for (const [arm, counts] of [...arms].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [name, variant] = arm.split('~') as [string, string]
    const { impressions, clicks, purchases } = counts
    const status = {
      name: variant,
      ...counts,
      clickThrough: shareOf(clicks, impressions),
      conversion: shareOf(purchases, impressions),
    }
    experiments.set(name, [...(experiments.get(name) ?? []), status])
  }
  return [...experiments].map(([name, variants]) => ({ name, variants }))
}

/** Clients that report clicks but no impressions make more hits than trials: the share is 1 then. */
const shareOf = (hits: number, trials: number): Share => wilsonInterval(Math.min(hits, trials), trials)
