import { change } from '../format.ts'
import type { VariantMetricsFragment } from '../generated/graphql.ts'

type Lift = VariantMetricsFragment['lifts'][number]

const metrics: Record<Lift['metric'], string> = {
  CLICK_THROUGH: 'Click-through',
  REVENUE_PER_USER: 'Revenue per user',
  LAST_TOUCH_REVENUE_PER_USER: 'Revenue per user, last touch',
}

const verdicts: Record<Lift['verdict'], string> = {
  TOO_EARLY: 'too early to tell',
  NO_DIFFERENCE: 'no difference shown',
  BETTER: 'better',
  WORSE: 'worse',
}

export const metricText = ({ metric }: Pick<Lift, 'metric'>): string => metrics[metric]

/** For example: +12.0 % (+3.1 % to +21.8 %): better */
export function liftText({ value, low, high, verdict }: Omit<Lift, 'metric'>): string {
  if (value === null) return verdicts[verdict]
  const interval = low === null || high === null ? '' : ` (${change(low)} to ${change(high)})`
  return `${change(value)}${interval}: ${verdicts[verdict]}`
}
