/** 97.5 % quantile of the normal distribution. */
const z = 1.959964

/** A value with its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** An interval with the variance of the estimator, for `liftOf`. */
export interface Estimate extends Interval {
  readonly variance: number
}

/** Sums over users: of a value x of each user, and of its squares. */
export interface UserSums {
  readonly users: number
  readonly sum: number
  readonly squares: number
}

/** Returns the mean of x per user. Its interval needs two users; before, it reaches from minus to plus infinity. */
export function meanPerUser({ users, sum, squares }: UserSums): Estimate {
  if (users === 0) return estimate(0, Number.POSITIVE_INFINITY)
  const mean = sum / users
  if (users === 1) return estimate(mean, Number.POSITIVE_INFINITY)
  return estimate(mean, sampleVariance(users, squares, sum * mean) / users)
}

/**
 * Returns the sum of y by the sum of x, for users who each have several of both: the delta method for a ratio of means
 * (Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018).
 *
 * @param products the sum of x · y over the users
 */
export function ratioOfSums(y: UserSums, x: UserSums, products: number): Estimate {
  const { users } = x
  if (x.sum === 0) return estimate(0, Number.POSITIVE_INFINITY)
  const ratio = y.sum / x.sum
  if (users < 2) return estimate(ratio, Number.POSITIVE_INFINITY)
  const meanX = x.sum / users
  const meanY = y.sum / users
  const varianceX = sampleVariance(users, x.squares, x.sum * meanX)
  const varianceY = sampleVariance(users, y.squares, y.sum * meanY)
  const covariance = sampleVariance(users, products, x.sum * meanY)
  const spread = varianceY - 2 * ratio * covariance + ratio * ratio * varianceX
  return estimate(ratio, Math.max(0, spread) / (users * meanX * meanX))
}

/**
 * Returns a share with its interval cut to 0 and 1. Where no user, or every one, has a hit, users do not differ and
 * the delta method gives no width: then the interval is the exact one of a binomial share (Clopper and Pearson 1934)
 * with one trial per user, since trials of one user are not independent.
 */
export function shareOfUsers({ value, low, high, variance }: Estimate, users: number): Interval {
  const share = clamp(value)
  if (variance > 0 || users === 0) return { value: share, low: clamp(low), high: clamp(high) }
  const bound = tail ** (1 / users)
  if (share === 0) return { value: share, low: 0, high: 1 - bound }
  return share === 1 ? { value: share, low: bound, high: 1 } : { value: share, low: share, high: share }
}

/** Probability beyond either end of an interval. */
const tail = 0.025

/** A client that reports clicks but no impressions causes more hits than trials: the share is then 1. */
const clamp = (x: number): number => Math.min(1, Math.max(0, x))

/**
 * Returns by how much `treated` is above `control`, as a share of `control`, for two independent groups of users. The
 * interval is that of the logarithm of their ratio by the delta method, so that it never falls below -1. undefined
 * unless both are above 0.
 */
export function liftOf(treated: Estimate, control: Estimate): Interval | undefined {
  if (!(treated.value > 0 && control.value > 0)) return undefined
  const ratio = treated.value / control.value
  const spread = z * Math.sqrt(treated.variance / treated.value ** 2 + control.variance / control.value ** 2)
  return { value: ratio - 1, low: ratio * Math.exp(-spread) - 1, high: ratio * Math.exp(spread) - 1 }
}

/** Returns the value with its normal 95 % interval, value ± 1.96 · √variance. */
export function estimate(value: number, variance: number): Estimate {
  const spread = z * Math.sqrt(variance)
  return { value, low: value - spread, high: value + spread, variance }
}

const sampleVariance = (users: number, squares: number, product: number): number => (squares - product) / (users - 1)
