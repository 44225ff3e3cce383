const form = /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i

/** The rule of `parseIsoTime`, for messages. */
export const isoTimeRule =
  'an ISO 8601 time with a zone such as "2026-01-31T12:00:00Z", in the years 0 to 9999 UTC, on a day that exists'

const minMs = Date.parse('0000-01-01T00:00:00Z')
const maxMs = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Reads an ISO 8601 time with a zone, the same in every interface. Times outside the years 0 to 9999 UTC are none, since
 * their text in UTC would have another form.
 * @returns ms since 1970; undefined where the text is no such time
 */
export function parseIsoTime(text: string): number | undefined {
  const match = form.exec(text)
  if (!match || !isDay(match.groups as unknown as DateParts)) return undefined
  const ms = Date.parse(text)
  return ms >= minMs && ms <= maxMs ? ms : undefined
}

interface DateParts {
  readonly year: string
  readonly month: string
  readonly day: string
}

/** Date.parse takes 30 February for 2 March. */
function isDay({ year, month, day }: DateParts): boolean {
  if (Number(day) <= 28) return Number(day) >= 1
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1, 0)
  return Number(day) >= 1 && Number(day) <= date.getUTCDate()
}
