import { placeOf } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import type { EventLog } from './ports/event-log.ts'
import type { Store } from './ports/store.ts'
import { beginTimeline } from './timeline.ts'

/** Stored lists that are compared with the log. In a recreated topic, nearly all of them stand beyond its end. */
const comparedMax = 200

const wayOn = 'stop all processes, raise PICKSTREAM_EPOCH by one, start them and run: npm run rebuild (docs/scaling.md)'

/**
 * Revisions, and whether a record is new, follow from offsets of topic interactions, and a user's partition from their
 * number. So neither may change within an epoch: what is stored would be compared with other records, and events be passed
 * over as replays.
 *
 * @throws Error where partitions were added, or where the topic was recreated or truncated
 */
export async function requireSameTopic(log: EventLog, store: Store, epoch: number, now: number): Promise<void> {
  const partitions = await log.partitionCount(topics.interactions)
  const recorded = await recordedPartitions({ store, epoch, partitions, now })
  if (recorded !== partitions) {
    throw new Error(
      `topic interactions has ${partitions} partitions, and ${recorded} in epoch ${epoch}: users would change their partition; ${wayOn}`,
    )
  }
  const newest = await newestOf(store, epoch)
  const ends = await log.endOffsets(topics.interactions) // asked last: what was stored before stands before them
  for (const [partition, offset] of newest) {
    const end = ends[partition] ?? 0
    if (offset < end) continue
    throw otherTopic({ partition, end, made: 'a list', offset, epoch })
  }
}

interface Mismatch {
  readonly partition: number
  readonly end: number
  /** What was made at `offset`, where the topic has no record. */
  readonly made: string
  readonly offset: number
  readonly epoch: number
}

/** The error for an offset that topic interactions does not have. */
export const otherTopic = ({ partition, end, made, offset, epoch }: Mismatch): Error =>
  new Error(
    `topic interactions/${partition} ends at ${end}, and ${made} of epoch ${epoch} was made at ${offset}: the topic was recreated or truncated; ${wayOn}`,
  )

interface EpochStart {
  readonly store: Store
  readonly epoch: number
  readonly partitions: number
  readonly now: number
}

/** The first start in an epoch records it, after its timeline: where it is recorded, the timeline is too. */
async function recordedPartitions({ store, epoch, partitions, now }: EpochStart): Promise<number> {
  const key = { partition: `interactions-partitions/${epoch}` }
  const [known] = await store.get(tables.settings, [key])
  if (known === undefined) await beginTimeline(store, epoch, now)
  const bytes = known ?? (await store.putIfAbsent(tables.settings, { ...key, value: Buffer.from(String(partitions)) }))
  return Number(Buffer.from(bytes).toString())
}

/** Partition → highest offset at which one of some stored lists was made. */
async function newestOf(store: Store, epoch: number): Promise<ReadonlyMap<number, number>> {
  const newest = new Map<number, number>()
  for await (const rows of store.scan(tables.listsByUser, comparedMax)) {
    for (const { value } of rows) {
      const { position, epoch: madeIn } = placeOf(value)
      if (madeIn !== epoch) continue
      newest.set(position.partition, Math.max(newest.get(position.partition) ?? -1, position.offset))
    }
    break
  }
  return newest
}
