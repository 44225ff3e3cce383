import type { LogPosition } from './placed.ts'

/**
 * Whether a forwarded record was applied before. `marks` has, for each partition that records of the user were forwarded
 * from, the newest offset that was applied. A partition is forwarded in its order, so what stands at or before it is a copy.
 */
export const isForwardedCopy = (marks: readonly LogPosition[] | undefined, from: LogPosition): boolean =>
  marks?.some(({ partition, offset }) => partition === from.partition && offset >= from.offset) ?? false

/** The marks with `from` in them. One entry a partition, so never more than the topic has partitions. */
export function withForwarded(marks: readonly LogPosition[] | undefined, from: LogPosition): readonly LogPosition[] {
  return [...(marks ?? []).filter(({ partition }) => partition !== from.partition), from]
}
