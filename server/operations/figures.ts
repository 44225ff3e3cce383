import {
  type Estimate,
  estimate,
  liftOf,
  meanPerUser,
  ratioOfSums,
  shareOfUsers,
  type UserSums,
} from '../../engine/math/intervals.ts'
import { inversePropensities } from '../../engine/train/position-bias.ts'
import type {
  Amount,
  Lift,
  LiftMetric,
  LiftVerdict,
  ListFigures,
  Share,
  VariantStatus,
} from '../../schema/graphql/figures.ts'
import { type ArmSums, shareOf } from '../../schema/records/experiment.ts'
import { type ArmTally, tallyFields } from '../../schema/records/goals.ts'

export interface NamedArm {
  readonly name: string
  readonly sums: ArmSums
}

/**
 * Minimum data of each variant for a verdict: a week, so that all days of the week count alike, and enough users and
 * hits for a normal interval.
 */
export const verdictMin = { ms: 7 * 86_400_000, users: 100, hits: 30 } as const

/**
 * The figures of the variants of one experiment, with the lift of each against the baseline.
 * @param examination how often each position is examined, relative to the first
 */
export function variantsOf(
  arms: readonly NamedArm[],
  baseline: string,
  examination: readonly number[],
): VariantStatus[] {
  const control = arms.find(({ name }) => name === baseline)?.sums
  return arms.map(({ name, sums }) => ({
    name,
    ...figuresOf(sums),
    correctedClickThrough: toShare(correctedClickThrough(sums, examination), sums),
    lifts: control === undefined || name === baseline ? [] : liftsOf(sums, control),
  }))
}

/** The figures of one variant or placement, with 95 % intervals. */
export function figuresOf(sums: ArmSums): ListFigures {
  const total = (field: keyof ArmTally) => userSums(sums, field).sum
  return {
    users: sums.users,
    impressions: total('impressions'),
    clicks: total('clicks'),
    purchases: total('purchases'),
    revenue: total('revenue'),
    lists: total('lists'),
    hitRate: toShare(shareIn(sums, 'listsClicked'), sums),
    clickThrough: toShare(shareIn(sums, 'clicks'), sums),
    conversion: toShare(shareIn(sums, 'purchases'), sums),
    revenuePerUser: toAmount(meanPerUser(userSums(sums, 'revenue'))),
    lastTouch: {
      purchases: total('lastTouchPurchases'),
      revenue: total('lastTouchRevenue'),
      revenuePerUser: toAmount(meanPerUser(userSums(sums, 'lastTouchRevenue'))),
    },
  }
}

/** Mean of 1 / position over the clicks with a known position; null without such clicks. */
export function meanReciprocalPosition({ clickedAt }: ArmSums): number | null {
  const clicks = clickedAt.reduce((sum, count) => sum + count, 0)
  if (clicks === 0) return null
  return clickedAt.reduce((sum, count, k) => sum + count / (k + 1), 0) / clicks
}

/**
 * Clicks per impression, corrected for position bias: each click is weighted by the clipped inverse of how often its
 * position is examined. The variance assumes independent impressions.
 */
function correctedClickThrough({ shownAt, clickedAt }: ArmSums, examination: readonly number[]): Estimate {
  const weights = inversePropensities(examination)
  const shown = shownAt.reduce((sum, count) => sum + count, 0)
  if (shown === 0) return estimate(0, Number.POSITIVE_INFINITY)
  let weighted = 0
  let variance = 0
  weights.forEach((weight, k) => {
    const count = shownAt[k] ?? 0
    const clicks = Math.min(count, clickedAt[k] ?? 0)
    weighted += weight * clicks
    if (count > 0) variance += weight ** 2 * clicks * (1 - clicks / count)
  })
  return estimate(weighted / shown, variance / shown ** 2)
}

const metrics = {
  CLICK_THROUGH: { hits: 'clicks', of: (sums: ArmSums) => shareIn(sums, 'clicks') },
  REVENUE_PER_USER: { hits: 'purchases', of: (sums: ArmSums) => meanPerUser(userSums(sums, 'revenue')) },
  LAST_TOUCH_REVENUE_PER_USER: {
    hits: 'lastTouchPurchases',
    of: (sums: ArmSums) => meanPerUser(userSums(sums, 'lastTouchRevenue')),
  },
} as const satisfies Record<LiftMetric, { hits: keyof ArmTally; of: (sums: ArmSums) => Estimate }>

function liftsOf(treated: ArmSums, control: ArmSums): Lift[] {
  return (Object.keys(metrics) as LiftMetric[]).map((metric) => {
    const { hits, of } = metrics[metric]
    const lift = liftOf(of(treated), of(control))
    const isTooEarly = [treated, control].some(
      (sums) =>
        sums.lastAt - sums.firstAt < verdictMin.ms ||
        sums.users < verdictMin.users ||
        userSums(sums, hits).sum < verdictMin.hits,
    )
    const { value, low, high } = lift ?? { value: null, low: null, high: null }
    const verdict = isTooEarly || low === null ? 'TOO_EARLY' : verdictOf(low, high)
    return { metric, value, low: finite(low), high: finite(high), verdict }
  })
}

function verdictOf(low: number, high: number): LiftVerdict {
  if (low > 0) return 'BETTER'
  return high < 0 ? 'WORSE' : 'NO_DIFFERENCE'
}

const shareIn = (sums: ArmSums, field: keyof ArmTally): Estimate =>
  ratioOfSums(userSums(sums, field), userSums(sums, shareOf(field)), sums.products[tallyFields.indexOf(field)]!)

function userSums({ users, sums, squares }: ArmSums, field: keyof ArmTally): UserSums {
  const n = tallyFields.indexOf(field)
  return { users, sum: sums[n]!, squares: squares[n]! }
}

function toShare(estimated: Estimate, { users }: ArmSums): Share {
  const { value, low, high } = shareOfUsers(estimated, users)
  return { share: value, low, high }
}

/** Without any revenue nothing is known of how much it varies: no interval. */
function toAmount({ value, low, high, variance }: Estimate): Amount {
  if (value === 0 && variance === 0) return { value, low: null, high: null }
  return { value, low: finite(low), high: finite(high) }
}

const finite = (x: number | null): number | null => (x !== null && Number.isFinite(x) ? x : null)
