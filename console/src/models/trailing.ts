import type { QualityQuery } from '../generated/graphql.ts'

type Hour = QualityQuery['quality'][number]

/** Shares over a window of hours, weighted by the scored events, so that one event at night does not cause a peak. */
export interface Trailing {
  /** Seconds since 1970. */
  readonly at: number
  readonly hitRate: number | null
  readonly meanReciprocalRank: number | null
}

const hourSeconds = 3600

/**
 * @param hours oldest first, without hours that have no events, as the server returns them. Shares are null for a
 *   window without scored events
 */
export function trailing(hours: readonly Hour[], windowHours: number): Trailing[] {
  const [first, last] = [hours[0], hours.at(-1)].map((one) => (one ? secondsOf(one) : 0))
  const result: Trailing[] = []
  for (let at = first!; hours.length > 0 && at <= last!; at += hourSeconds) {
    const within = hours.filter((one) => secondsOf(one) <= at && secondsOf(one) > at - windowHours * hourSeconds)
    const scored = within.reduce((sum, one) => sum + one.scored, 0)
    const mean = (of: 'hitRate' | 'meanReciprocalRank') =>
      scored === 0 ? null : within.reduce((sum, one) => sum + one[of] * one.scored, 0) / scored
    result.push({ at, hitRate: mean('hitRate'), meanReciprocalRank: mean('meanReciprocalRank') })
  }
  return result
}

const secondsOf = ({ hour }: Hour): number => Date.parse(hour) / 1000
