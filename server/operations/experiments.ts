import { examinationByPosition } from '../../engine/train/position-bias.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { Experiment, ExperimentPlacement, PlacementStatus, PositionStatus } from '../../schema/graphql/figures.ts'
import { noSums, positionsMax } from '../../schema/records/experiment.ts'
import { anyPlacement, splitArm } from '../../schema/records/goals.ts'
import type { RulesDocument } from '../../schema/rules.ts'
import { type AllCounts, readCounts } from './counts.ts'
import { figuresOf, meanReciprocalPosition, type NamedArm, variantsOf } from './figures.ts'

/** Every experiment that has counts, with all its variants over all placements, and those that have counts by placement. */
export async function readExperiments(store: Store, rules: RulesDocument): Promise<Experiment[]> {
  const counts = await readCounts(store)
  const experiments = new Map<string, Map<string, NamedArm[]>>()
  for (const [key, sums] of [...counts.arms].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { experiment, variant, placement } = splitArm(key)
    if (variant === '') continue
    const placements = experiments.get(experiment) ?? new Map<string, NamedArm[]>()
    placements.set(placement, [...(placements.get(placement) ?? []), { name: variant, sums }])
    experiments.set(experiment, placements)
  }
  return [...experiments].map(([name, placements]) => {
    const inRules = rules.experiments.find((one) => one.name === name)?.variants.map((variant) => variant.name) ?? []
    const all = withUncounted(placements.get(anyPlacement) ?? [], inRules)
    const baseline = baselineOf(all, inRules)
    const results = (placement: string, arms: readonly NamedArm[]) =>
      variantsOf(arms, baseline, examinationIn(counts, placement))
    return {
      name,
      baseline,
      variants: results(anyPlacement, all),
      placements: [...placements]
        .filter(([placement]) => placement !== anyPlacement)
        .map(([placement, arms]): ExperimentPlacement => {
          return { placement: placement === '' ? null : placement, variants: results(placement, arms) }
        }),
    }
  })
}

/** Every placement that has counts. */
export async function readPlacements(store: Store): Promise<PlacementStatus[]> {
  const counts = await readCounts(store)
  const statuses: PlacementStatus[] = []
  for (const [key, sums] of [...counts.arms].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { variant, placement } = splitArm(key)
    if (variant !== '') continue
    const examination = examinationIn(counts, placement)
    const positions = examination.map((examined, k): PositionStatus => {
      const impressions = sums.shownAt[k]!
      const clicks = sums.clickedAt[k]!
      const clickThrough = impressions === 0 ? null : Math.min(1, clicks / impressions)
      return { position: k + 1, impressions, clicks, clickThrough, examination: examined }
    })
    statuses.push({
      placement: placement === '' ? null : placement,
      ...figuresOf(sums),
      meanReciprocalPosition: meanReciprocalPosition(sums),
      positions: positions.filter(({ impressions, clicks }) => impressions + clicks > 0),
    })
  }
  return statuses
}

/** How often each position is examined; over all placements: estimated from the items of all of them. */
function examinationIn({ items }: AllCounts, placement: string): number[] {
  const found = placement === anyPlacement ? [...items.values()].flat() : (items.get(placement) ?? [])
  return examinationByPosition(found, positionsMax)
}

/** Adds the variants of the rules that no user has been shown, sorted by name. */
function withUncounted(counted: readonly NamedArm[], inRules: readonly string[]): NamedArm[] {
  const uncounted = inRules.filter((name) => counted.every((arm) => arm.name !== name))
  const all = [...counted, ...uncounted.map((name) => ({ name, sums: noSums }))]
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const baselineOf = (variants: readonly NamedArm[], inRules: readonly string[]): string =>
  variants.some(({ name }) => name === 'control') ? 'control' : (inRules[0] ?? variants[0]?.name ?? '')
