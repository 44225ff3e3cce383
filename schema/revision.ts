/**
 * A revision orders all lists of one user, in the same way for every reader: first by the position in topic
 * `interactions` of the newest event that the list includes, then by the offset ("place") of the list's record in topic
 * `lists`:
 *
 *     write timestamp = epoch · 2^48 + offset + 1     (63 bits; Cassandra's USING TIMESTAMP)
 *     revision        = write timestamp · 2^48 + place + 1
 *
 * The position rises with the log and needs no counter that an erasure or a crash could lose. Several lists may be
 * ranked for one position, by a stage that reads its records again or by two workers during a rebalance, and the item
 * side differs each time. Each of these lists is a separate record, so a revision identifies one record of topic
 * `lists`: two different lists never have the same revision. If there is no record, `place` is -1.
 *
 * The epoch is configuration: raise it when topic interactions is recreated or gets another number of partitions,
 * because offsets then start again. Clients see the revision behind the timeline of the log, see formatRevision.
 */
const offsetBits = 48n

/** @param offset position in topic interactions @param place offset in topic lists; -1: none */
export const revisionOf = (offset: number, epoch = 0, place = -1): bigint =>
  (writeTimestampOf(offset, epoch) << offsetBits) + BigInt(place + 1)

/**
 * Write timestamp of rows derived from a record of topic interactions: newer positions win, in whatever order they are
 * written.
 */
export function writeTimestampOf(offset: number, epoch = 0): bigint {
  return (BigInt(epoch) << offsetBits) + BigInt(offset) + 1n
}

/** The epoch passed to writeTimestampOf. */
export function offsetOf(writeTimestamp: bigint): number {
  return Number(writeTimestamp & ((1n << offsetBits) - 1n)) - 1
}

/** The offset passed to writeTimestampOf. */
export const epochOf = (writeTimestamp: bigint): number => Number(writeTimestamp >> offsetBits)

/** The write timestamp contained in a revision. */
export const writeTimestampIn = (revision: bigint): bigint => revision >> offsetBits

const positionCharacters = 13
const placeCharacters = 10

const timelineCharacters = 9

/**
 * The form that clients see: base 36, all parts of fixed width, so that string comparison gives the same order. A
 * timeline (platform/timeline.ts) comes first, behind the digit 1. Without it the text begins with 0, because the epoch
 * has at most 14 bits, so revisions of timeline 0 sort before all others.
 */
export function formatRevision(revision: bigint, timeline = 0): string {
  const position = writeTimestampIn(revision).toString(36).padStart(positionCharacters, '0')
  const place = offsetOf(revision) + 1
  const placed = place === 0 ? position : position + place.toString(36).padStart(placeCharacters, '0')
  return timeline === 0 ? placed : `1${timeline.toString(36).padStart(timelineCharacters, '0')}${placed}`
}

export interface ParsedRevision {
  readonly revision: bigint
  readonly timeline: number
}

/** @returns undefined if the text is not a revision */
export function parseRevision(text: string): ParsedRevision | undefined {
  const parts = /^(?:1(?<timeline>[0-9a-z]{9}))?(?<position>0[0-9a-z]{12})(?<place>[0-9a-z]{10})?$/.exec(text)?.groups
  if (parts === undefined) return undefined
  const { timeline = '', position = '', place = '' } = parts
  const revision = (parseBase36(position) << offsetBits) + parseBase36(place)
  return parseBase36(place) < 1n << offsetBits ? { revision, timeline: Number(parseBase36(timeline)) } : undefined
}

/**
 * The revision after which a subscription continues; undefined if it is of another timeline. It may then name a list
 * that a restore has removed, and the lists that follow may have smaller revisions.
 */
export const continuedIn = (timeline: number, since: string | null | undefined): string | undefined =>
  since != null && parseRevision(since)?.timeline === timeline ? since : undefined

function parseBase36(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36))
  return value
}
