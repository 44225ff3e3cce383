/** Assignment of partitions to the members of a group: pure functions. group-member.ts carries them out. */
export interface GroupMemberView {
  readonly id: string
  readonly topics: readonly string[]
}

export interface PartitionRef {
  readonly topic: string
  readonly partition: number
}

export const refKey = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`

/**
 * Distributes the partitions of each topic evenly over the members that read it, with as few moves as possible.
 *
 * @param owners present owner of each partition, by refKey
 * @returns member id of each partition, by refKey
 */
export function assignPartitions(
  members: readonly GroupMemberView[],
  partitionCounts: ReadonlyMap<string, number>,
  owners: ReadonlyMap<string, string>,
): Map<string, string> {
  const target = new Map<string, string>()
  const loads = new Map(members.map(({ id }) => [id, 0]))
  for (const [topic, partitions] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const takers = members.filter((member) => member.topics.includes(topic)).map(({ id }) => id)
    if (takers.length > 0) shareTopic(topic, partitions, takers.sort(), owners, loads, target)
  }
  return target
}

function shareTopic(
  topic: string,
  partitions: number,
  takers: readonly string[],
  owners: ReadonlyMap<string, string>,
  loads: Map<string, number>,
  target: Map<string, string>,
) {
  const counts = new Map(takers.map((id) => [id, 0]))
  const floor = Math.floor(partitions / takers.length)
  let oneMore = partitions % takers.length
  const open: string[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const key = refKey({ topic, partition })
    const owner = owners.get(key)
    const held = owner === undefined ? undefined : counts.get(owner)
    if (owner === undefined || held === undefined || held > floor || (held === floor && oneMore === 0)) open.push(key)
    else {
      if (held === floor) oneMore--
      give(key, owner)
    }
  }
  for (const key of open) give(key, leastLoaded(takers, counts, loads))

  function give(key: string, id: string) {
    target.set(key, id)
    counts.set(id, counts.get(id)! + 1)
    loads.set(id, loads.get(id)! + 1)
  }
}

/** By this topic first, then by all topics, so that one-partition topics do not all go to the same member. */
function leastLoaded(
  takers: readonly string[],
  counts: ReadonlyMap<string, number>,
  loads: ReadonlyMap<string, number>,
): string {
  let best = takers[0]!
  for (const id of takers) {
    const difference = counts.get(id)! - counts.get(best)!
    if (difference < 0 || (difference === 0 && loads.get(id)! < loads.get(best)!)) best = id
  }
  return best
}
