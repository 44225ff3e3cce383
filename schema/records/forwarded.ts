import type { LogPosition } from './placed.ts'

/**
 * Whether a forwarded record was applied before. `marks` contains, for each partition from which records of the user
 * were forwarded, the newest offset that was applied. A partition is forwarded in its order, so a record at or before
 * that offset is a copy.
 */
export const isForwardedCopy = (marks: readonly LogPosition[] | undefined, from: LogPosition): boolean =>
  marks?.some(({ partition, offset }) => partition === from.partition && offset >= from.offset) ?? false

/** Returns the marks with `from` added. One entry per partition, so at most as many as the topic has partitions. */
export function withForwarded(marks: readonly LogPosition[] | undefined, from: LogPosition): readonly LogPosition[] {
  return [...(marks ?? []).filter(({ partition }) => partition !== from.partition), from]
}
