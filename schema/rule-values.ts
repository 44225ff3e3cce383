import { z } from 'zod'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const durationPattern = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d|w)$/
const longestMs = 3_650 * unitMs.d
const durationRule = 'expected a duration such as 30d, 12h or 15m, up to 3650d'

/** A duration such as `30d`, as milliseconds. */
export const durationMs = z.string(durationRule).transform((text, context) => {
  const [, count, unit] = durationPattern.exec(text) ?? []
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs]
  if (ms > 0 && ms <= longestMs) return ms
  context.addIssue({ code: 'custom', message: durationRule })
  return z.NEVER
})

const datePattern = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
const dateRule = 'expected a date or time such as 2026-12-24 or 2026-12-24T18:00:00Z'

/** A date (midnight UTC) or a time with its offset, as milliseconds since 1970. */
export const dateTime = z.string(dateRule).transform((text, context) => {
  const at = datePattern.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse takes February 30 for March 2.
  const isDay =
    !Number.isNaN(at) && new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10))
  if (isDay) return at
  context.addIssue({ code: 'custom', message: dateRule })
  return z.NEVER
})
