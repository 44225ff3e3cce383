/**
 * A revision orders all lists of one user, for every reader alike: first by the position in topic `interactions` of the
 * newest event that the list has seen, then by the place of the list's record in topic `lists`:
 *
 *     write timestamp = epoch · 2^48 + offset + 1     (63 bits; Cassandra's USING TIMESTAMP)
 *     revision        = write timestamp · 2^48 + place + 1
 *
 * The position rises with the log and needs no counter that erasure or a crash could lose. A list of one position may be
 * ranked several times, by a stage that is given its records again or by two workers during a rebalance, and the item side
 * is another one each time. Each of these lists is a record of its own, so a revision names one record of topic `lists`:
 * two lists that differ never have the same. Where there is no record, `place` is -1.
 *
 * The epoch is configuration: raise it when the interactions topic is recreated or gets another number of partitions
 * (offsets then start again).
 */
const offsetBits = 48n

/** @param offset position in topic interactions @param place offset in topic lists; -1: none */
export const revisionOf = (offset: number, epoch = 0, place = -1): bigint =>
  (writeTimestampOf(offset, epoch) << offsetBits) + BigInt(place + 1)

/** Of rows derived from a record of topic interactions: newer positions win, in whatever order they are written. */
export function writeTimestampOf(offset: number, epoch = 0): bigint {
  return (BigInt(epoch) << offsetBits) + BigInt(offset) + 1n
}

/** What writeTimestampOf was given. */
export function offsetOf(writeTimestamp: bigint): number {
  return Number(writeTimestamp & ((1n << offsetBits) - 1n)) - 1
}

/** What writeTimestampOf was given. */
export const epochOf = (writeTimestamp: bigint): number => Number(writeTimestamp >> offsetBits)

/** The write timestamp that a revision begins with. */
export const writeTimestampIn = (revision: bigint): bigint => revision >> offsetBits

const positionCharacters = 13
const placeCharacters = 10

/** As clients see it: base 36, either part of fixed width, so that plain string comparison orders it too. */
export function formatRevision(revision: bigint): string {
  const position = writeTimestampIn(revision).toString(36).padStart(positionCharacters, '0')
  const place = offsetOf(revision) + 1
  return place === 0 ? position : position + place.toString(36).padStart(placeCharacters, '0')
}

/** @returns undefined when the text is not a revision. */
export function parseRevision(text: string): bigint | undefined {
  if (!/^[0-9a-z]{13}([0-9a-z]{10})?$/.test(text)) return undefined
  const position = parseBase36(text.slice(0, positionCharacters))
  const place = parseBase36(text.slice(positionCharacters))
  return position < 1n << 63n && place < 1n << offsetBits ? (position << offsetBits) + place : undefined
}

function parseBase36(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36))
  return value
}
