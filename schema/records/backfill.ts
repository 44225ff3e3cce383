import type { LogPosition } from './placed.ts'

/**
 * What a user's state keeps of topic `interactions.backfill`. Both are offsets of the user's partition there.
 * Undefined in place of it: nothing of the user came that way.
 */
export interface BackfillMarks {
  /** The newest record that was applied, or that an erasure covers; -1: none. */
  readonly applied: number
  /** Records before this offset are erased: they are passed over should they still be fed. 0: none. */
  readonly erasedBefore: number
}

const header = 'backfill'

/** Headers of a record that the feed stage copied from topic `interactions.backfill`: where it stood there. */
export const backfillHeaders = ({ partition, offset }: LogPosition): Record<string, string> => ({
  [header]: `${partition}/${offset}`,
})

/** Where a record of topic `interactions` stood in `interactions.backfill`; undefined where it was written directly. */
export function backfilledFrom(headers: Readonly<Record<string, string>>): LogPosition | undefined {
  const [, partition, offset] = /^(\d{1,9})\/(\d{1,15})$/.exec(headers[header] ?? '') ?? []
  return offset === undefined ? undefined : { partition: Number(partition), offset: Number(offset) }
}

/** On records of internal topics: they follow from a backfill alone, so nobody waits for them. */
export const bulkHeaders = { bulk: '1' } as const

export const isBulk = (headers: Readonly<Record<string, string>>): boolean => headers.bulk === '1'

export function withApplied(marks: BackfillMarks | undefined, offset: number): BackfillMarks {
  return { applied: Math.max(marks?.applied ?? -1, offset), erasedBefore: marks?.erasedBefore ?? 0 }
}

/** An erasure covers what was written before `offset`, so a reader who waits for one of those is released. */
export function withErasedBefore(marks: BackfillMarks | undefined, offset: number): BackfillMarks {
  return {
    applied: Math.max(marks?.applied ?? -1, offset - 1),
    erasedBefore: Math.max(marks?.erasedBefore ?? 0, offset),
  }
}
