/**
 * The part of a user's state about topic `interactions.backfill`. Both numbers are offsets in the user's partition of
 * that topic. The whole is undefined if no record of the user came from there.
 */
export interface BackfillMarks {
  /** The newest record that was applied or is covered by an erasure; -1: none. */
  readonly applied: number
  /** Records before this offset are erased: they are skipped if they are copied later. 0: none. */
  readonly erasedBefore: number
}

export function withApplied(marks: BackfillMarks | undefined, offset: number): BackfillMarks {
  return { applied: Math.max(marks?.applied ?? -1, offset), erasedBefore: marks?.erasedBefore ?? 0 }
}

/** An erasure covers the records before `offset`, so a reader that waits for one of them is released. */
export function withErasedBefore(marks: BackfillMarks | undefined, offset: number): BackfillMarks {
  return {
    applied: Math.max(marks?.applied ?? -1, offset - 1),
    erasedBefore: Math.max(marks?.erasedBefore ?? 0, offset),
  }
}
