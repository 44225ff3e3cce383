/**
 * A revision orders all lists of one user. It is made from the position of the newest event the list has seen, so it is
 * the same on every replay, rises with the log, and needs no counter that erasure or a crash could lose:
 *
 *     revision = epoch · 2^48 + offset + 1        (63 bits; also Cassandra's USING TIMESTAMP)
 *
 * The epoch is configuration: raise it when the interactions topic is made anew or gets another number of partitions
 * (offsets then start again).
 */
const offsetBits = 48n

export function revisionOf(offset: number, epoch = 0): bigint {
  return (BigInt(epoch) << offsetBits) + BigInt(offset) + 1n
}

export function offsetOf(revision: bigint): number {
  return Number(revision & ((1n << offsetBits) - 1n)) - 1
}

/** As clients see it: fixed-width base 36, so that plain string comparison orders it too. */
export function formatRevision(revision: bigint): string {
  return revision.toString(36).padStart(13, '0')
}

/** @returns undefined when the text is not a revision. */
export function parseRevision(text: string): bigint | undefined {
  if (!/^[0-9a-z]{13}$/.test(text)) return undefined
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36))
  return value < 1n << 63n ? value : undefined
}
