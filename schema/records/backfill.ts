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
