const formats = new Map<string, Intl.DateTimeFormat>()
const zonesMax = 100

/**
 * Converts a local time to UTC.
 * @param wallMs the local time, as if it were UTC, ms
 * @param zone Z, UTC, GMT, an offset such as +02 or -0330, or an IANA name
 * @returns ms since 1970; for times that occur twice, when clocks are set back, the first
 * @throws Error where the zone is unknown, or the time does not exist because clocks are set forward
 */
export function toUtc(wallMs: number, zone: string, text: string): number {
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    if (minutes > 18 * 60) throw new Error(`expected an offset of at most 18 hours, got "${text}"`)
    return wallMs - (offset[1] === '-' ? -minutes : minutes) * 60_000
  }
  if (/^(z|utc|gmt)$/i.test(zone)) return wallMs
  const day = 86_400_000
  for (const guess of [wallMs - offsetMs(wallMs - day, zone), wallMs - offsetMs(wallMs + day, zone)]) {
    if (guess + offsetMs(guess, zone) === wallMs) return guess
  }
  throw new Error(`expected a time of day that exists in ${zone}, got "${text}"`)
}

/** @throws Error where there is no such zone */
export function checkZone(zone: string): void {
  toUtc(0, zone, zone)
}

function offsetMs(utcMs: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(utcMs)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
  return wall - Math.floor(utcMs / 1000) * 1000
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new Error(`expected a time zone such as UTC, +02:00 or Europe/Berlin, got "${zone}"`)
  }
  if (formats.size < zonesMax) formats.set(zone, format)
  return format
}
