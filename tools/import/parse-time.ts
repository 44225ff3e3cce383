import { OptionNeededError } from './file-error.ts'
import { toUtc } from './zones.ts'

export const dateOrders = ['dmy', 'mdy', 'ymd'] as const
export type DateOrder = (typeof dateOrders)[number]

export interface TimeOptions {
  /** Order of day and month in dates such as 01/02/2026. No default: such dates are refused without it. */
  readonly dates?: DateOrder
  /**
   * Zone of times without one: an IANA name or an offset. No default. Dates are midnight in it; default for dates: UTC.
   */
  readonly zone?: string
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

const clockPattern =
  /(?:^|[T ,]+)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s*([AP]M))?(?:\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?|[A-Z][A-Za-z_]+(?:\/[A-Za-z_+-]+)+))?(?:\[[\w/+-]+\])?$/i
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Units of numeric times by their magnitude: for times after March 1973 the ranges do not overlap. */
const epochUnits = [
  { min: 10n ** 8n, max: 10n ** 11n, perMs: 1n, factor: 1000 },
  { min: 10n ** 11n, max: 10n ** 14n, perMs: 1n, factor: 1 },
  { min: 10n ** 14n, max: 10n ** 17n, perMs: 1000n, factor: 1 },
  { min: 10n ** 17n, max: 10n ** 20n, perMs: 1_000_000n, factor: 1 },
] as const

/**
 * Parses a time: ISO 8601, RFC 2822, 20261001, or seconds, milliseconds, microseconds or nanoseconds since 1970.
 * Ambiguous orders of day and month and times without a zone need an option.
 * @param coarse whether a year or month is accepted, as its first day. Default: false
 * @returns milliseconds since 1970, parts of a millisecond cut off; below 0 before 1970
 * @throws Error naming the rule and the value received; OptionNeededError where an option decides
 */
export function parseTime(text: string, options: TimeOptions = {}, coarse = false): number {
  const number = /^-?\d+(\.\d+)?$/.test(text) ? parseDigits(text, options, coarse) : undefined
  if (number !== undefined) return number
  if (/^\d(\.\d+)?e\+?\d+$/i.test(text)) throw invalid(text, 'the digits of a number (a spreadsheet rounded it)')
  const clock = clockPattern.exec(text)
  const dateText = (clock ? text.slice(0, clock.index) : text).trim().replace(/[T,]$/, '')
  if (clock && dateText === '') {
    throw new OptionNeededError(
      `"${text}" is a time of day without a date; join two columns with --map timestamp=DATE+TIME`,
    )
  }
  const day = parseDay(dateText, text, options, coarse && !clock)
  return clock ? at(day, clock, text, options) : atMidnight(day, text, options)
}

function parseDigits(text: string, options: TimeOptions, coarse: boolean): number | undefined {
  const calendar = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text)
  if (calendar && Number(calendar[1]) >= 1900 && Number(calendar[1]) < 2200) {
    const [, year, month, day, hour, minute, second] = calendar
    const date = checked(Number(year), Number(month), Number(day), text)
    if (hour === undefined) return atMidnight(date, text, options)
    return local(date, [Number(hour), Number(minute), Number(second), 0], text, options.zone)
  }
  if (/^\d{4}$/.test(text)) return undefined
  const [whole, fraction = ''] = text.split('.')
  const digits = BigInt(whole!)
  const unit = epochUnits.find(({ min, max }) => digits >= min && digits < max)
  if (unit) return Number(digits / unit.perMs) * unit.factor + (unit.factor === 1 ? 0 : millis(fraction))
  if (coarse && digits === 0n) throw invalid(text)
  const what =
    digits >= 20_000n && digits < 80_000n ? ' (it looks like a date serial of a spreadsheet: export it as text)' : ''
  throw invalid(text, `ISO 8601 or seconds since 1970${what}`)
}

function parseDay(date: string, text: string, options: TimeOptions, coarse: boolean): Day {
  const numeric = /^(\d{1,4})([-/.])(\d\d?)\2(\d{1,4})$/.exec(date)
  if (numeric) {
    const [, first, , second, third] = numeric
    if (first!.length === 4) return checked(Number(first), Number(second), Number(third), text)
    if (third!.length !== 4) throw invalid(text, 'a year of four digits')
    if (options.dates === undefined || options.dates === 'ymd') {
      throw new OptionNeededError(`"${text}" may be day/month or month/day: set --dates dmy or --dates mdy`)
    }
    const [day, month] = options.dates === 'dmy' ? [first, second] : [second, first]
    return checked(Number(third), Number(month), Number(day), text)
  }
  const named = /^(?:[a-z]{3,9},? +)?(?:(\d\d?)[ -]([a-z]{3})[a-z]*\.?[ -]|([a-z]{3})[a-z]* (\d\d?),? )(\d{4})$/i.exec(
    date,
  )
  if (named) {
    const month = months.indexOf((named[2] ?? named[3])!.toLowerCase()) + 1
    return checked(Number(named[5]), month, Number(named[1] ?? named[4]), text)
  }
  const partial = /^(\d{4})(?:-(\d\d))?$/.exec(date)
  if (partial && coarse) return checked(Number(partial[1]), Number(partial[2] ?? 1), 1, text)
  if (partial) throw invalid(text, 'a whole date')
  throw invalid(text)
}

function checked(year: number, month: number, day: number, text: string): Day {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 1000 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw invalid(text, 'a day that exists')
  }
  return { year, month, day }
}

function at(day: Day, clock: RegExpExecArray, text: string, options: TimeOptions): number {
  const [, hours, minutes, seconds = '0', fraction = '', half, zone] = clock
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  if (half !== undefined && (Number(hours) < 1 || Number(hours) > 12))
    throw invalid(text, 'an hour from 1 to 12 with AM or PM')
  return local(day, [hour, Number(minutes), Number(seconds), millis(fraction)], text, zone ?? options.zone)
}

function local(
  { year, month, day }: Day,
  [hour, minute, second, ms]: readonly [number, number, number, number],
  text: string,
  zone: string | undefined,
): number {
  if (hour > 23 || minute > 59 || second > 59) throw invalid(text, 'a time of day that exists')
  if (zone === undefined) {
    throw new OptionNeededError(`"${text}" has no time zone: set it, for example --zone UTC or --zone Europe/Berlin`)
  }
  return toUtc(Date.UTC(year, month - 1, day, hour, minute, second, ms), zone, text)
}

const atMidnight = ({ year, month, day }: Day, text: string, { zone = 'UTC' }: TimeOptions): number =>
  toUtc(Date.UTC(year, month - 1, day), zone, text)

const millis = (fraction: string): number => Number(fraction.slice(0, 3).padEnd(3, '0'))

const invalid = (text: string, rule = 'ISO 8601 or seconds since 1970') => new Error(`expected ${rule}, got "${text}"`)
