/** Partitions that a member of a group reads: topic → partitions. */
export type Assignment = Record<string, number[]>

/**
 * Assigns partitions to the members of a group so that partition i of every topic goes to the same member (a user's
 * interactions and vectors are then handled by one process), in contiguous ranges whose lengths differ by at most
 * one. The result does not depend on the order of the members, so a rejoin without a change moves no partition.
 */
export function assignCoPartitioned(
  members: readonly { readonly memberId: string; readonly topics: readonly string[] }[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Assignment> {
  const assignments = new Map<string, Assignment>(members.map(({ memberId }) => [memberId, {}]))
  for (const [topic, count] of partitionCounts) {
    const readers = members.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId)
    readers.sort()
    for (let partition = 0; partition < count; partition += 1) {
      // floor(i · n / count): the split depends on i and the count alone, so equal counts are split alike.
      const reader = readers[Math.floor((partition * readers.length) / count)]
      const assignment = reader === undefined ? undefined : assignments.get(reader)
      if (assignment) (assignment[topic] ??= []).push(partition)
    }
  }
  return assignments
}
