import { decodeInteraction } from '../schema/records/interaction.ts'
import { type LogPosition, placeOf } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import type { EventLog } from './ports/event-log.ts'
import type { Store } from './ports/store.ts'
import { beginTimeline } from './timeline.ts'

/** Stored lists that are compared with the log. In a recreated topic, nearly all of them stand beyond its end. */
const comparedMax = 200

/** What an operator does where log and store do not belong together. */
export const raiseEpoch =
  'stop all processes, raise PICKSTREAM_EPOCH by one, start them and run: npm run rebuild (docs/scaling.md)'

/**
 * Revisions, and whether a record is new, follow from offsets of topic interactions, and a user's partition from their
 * number. So neither may change within an epoch: what is stored would be compared with other records, and events be passed
 * over as replays.
 *
 * @throws Error where partitions were added, where the topic was recreated or truncated, or where a later epoch is in use
 */
export async function requireSameTopic(log: EventLog, store: Store, epoch: number, now: number): Promise<void> {
  await requireNewestEpoch(store, epoch)
  const partitions = await log.partitionCount(topics.interactions)
  const recorded = await recordedPartitions({ store, epoch, partitions, now })
  if (recorded !== partitions) {
    throw new Error(
      `topic interactions has ${partitions} partitions, and ${recorded} in epoch ${epoch}: users would change their partition; ${raiseEpoch}`,
    )
  }
  const newest = await newestOf(store, epoch)
  const ends = await log.endOffsets(topics.interactions) // asked last: what was stored before stands before them
  for (const { position, userId } of newest.values()) {
    const { partition, offset } = position
    const end = ends[partition] ?? 0
    if (offset >= end) throw otherTopic({ partition, end, made: 'a list', offset, epoch })
    if (await isOfOther(userId, position, log)) {
      throw new Error(
        `topic interactions/${partition} has a record of another user at ${offset}, where a list of epoch ${epoch} was made: the topic was recreated; ${raiseEpoch}`,
      )
    }
  }
}

/** With a lower epoch, everything that is written is older than what is stored, and never shows. */
async function requireNewestEpoch(store: Store, epoch: number): Promise<void> {
  for await (const rows of store.scan(tables.settings)) {
    for (const { partition: name } of rows) {
      const used = name.startsWith(partitionsRow) ? Number(name.slice(partitionsRow.length)) : 0
      if (used > epoch) throw new Error(`PICKSTREAM_EPOCH: expected at least ${used}, which is in use, got ${epoch}`)
    }
  }
}

/**
 * Whether the record at the position belongs to another user: a recreated topic may be longer than the one before it.
 * Where retention has removed the record, nothing is known.
 */
async function isOfOther(userId: string, { partition, offset }: LogPosition, log: EventLog): Promise<boolean> {
  const [record] = await log.read(topics.interactions, partition, offset, 1)
  if (record?.offset !== offset || record.undecodable !== undefined) return false
  try {
    return decodeInteraction(record.key, record.value, record.appendedAt).userId !== userId
  } catch {
    return false // an earlier release may have accepted it
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
    `topic interactions/${partition} ends at ${end}, and ${made} of epoch ${epoch} was made at ${offset}: the topic was recreated or truncated; ${raiseEpoch}`,
  )

interface EpochStart {
  readonly store: Store
  readonly epoch: number
  readonly partitions: number
  readonly now: number
}

const partitionsRow = 'interactions-partitions/'

/** The first start in an epoch records it, after its timeline: where it is recorded, the timeline is too. */
async function recordedPartitions({ store, epoch, partitions, now }: EpochStart): Promise<number> {
  const key = { partition: `${partitionsRow}${epoch}` }
  const [known] = await store.get(tables.settings, [key])
  if (known === undefined) await beginTimeline(store, epoch, now)
  const bytes = known ?? (await store.putIfAbsent(tables.settings, { ...key, value: Buffer.from(String(partitions)) }))
  return Number(Buffer.from(bytes).toString())
}

interface MadeList {
  readonly userId: string
  readonly position: LogPosition
}

/** Of each partition, the one of some stored lists that was made at the highest offset. */
async function newestOf(store: Store, epoch: number): Promise<ReadonlyMap<number, MadeList>> {
  const newest = new Map<number, MadeList>()
  for await (const rows of store.scan(tables.listsByUser, comparedMax)) {
    for (const { partition: userId, value } of rows) {
      const { position, epoch: madeIn } = placeOf(value)
      if (madeIn !== epoch) continue
      const known = newest.get(position.partition)
      if (!known || known.position.offset < position.offset) newest.set(position.partition, { userId, position })
    }
    break
  }
  return newest
}
