import { erasureKey } from '../schema/records/erasure.ts'
import { encodedListRevision } from '../schema/records/list.ts'
import { placeOf } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import type { EventLog, StoredRecord } from './ports/event-log.ts'
import type { Store } from './ports/store.ts'
import { raiseEpoch } from './require-same-topic.ts'

/** Records of a partition of topic lists that are read before the sink's committed offset, and in all. */
const storedMax = 20
const readMax = 100
const sinkGroup = 'sink'

/**
 * The sink stores a list before it commits the list's record. So the newest lists that it has committed are in the store,
 * unless the store is older than the log: restored from a copy, or emptied. Events that were processed since would be
 * missing in the states, and nothing would process them again.
 *
 * @throws Error in that case
 */
export async function requireStoredLists(log: EventLog, store: Store, epoch: number): Promise<void> {
  const committed = await log.committedOffsets(sinkGroup, topics.lists)
  await Promise.all(
    committed.map(async (end, partition) => {
      if (end === 0) return
      const records = await log.read(topics.lists, partition, Math.max(0, end - storedMax), readMax)
      const missing = await firstMissing(newestOfKeys(records, end, epoch), store)
      if (missing === undefined) return
      throw new Error(
        `table lists_by_user lacks the list at ${topics.lists}/${partition}, offset ${missing.offset}, which was stored: the store was restored from an older copy or emptied; ${raiseEpoch}`,
      )
    }),
  )
}

/** The lists before `end` that are the newest record of their key among those read. */
function newestOfKeys(records: readonly StoredRecord[], end: number, epoch: number): StoredRecord[] {
  const newest = new Map(records.map((record) => [record.key, record]))
  return [...newest.values()].filter(({ offset, value }) => offset < end && value !== null && epochIn(value) === epoch)
}

async function firstMissing(lists: readonly StoredRecord[], store: Store): Promise<StoredRecord | undefined> {
  const rows = await store.get(
    tables.listsByUser,
    lists.map(({ key }) => ({ partition: key })),
  )
  for (const [n, list] of lists.entries()) {
    const row = rows[n]
    if (row !== undefined && encodedListRevision(row) >= encodedListRevision(list.value!, list.offset)) continue
    if (row !== undefined || !(await isErased(list.key, store))) return list
  }
  return undefined
}

/** An erasure removes the list and leaves one of these for 8 days. */
async function isErased(userId: string, store: Store): Promise<boolean> {
  const partition = erasureKey(userId)
  const [done] = await store.get(tables.erasures, [{ partition }])
  const [marker] = await store.get(tables.erasureMarkers, [{ partition }])
  return done !== undefined || marker !== undefined
}

/** undefined: another program wrote the record. */
function epochIn(value: Uint8Array): number | undefined {
  try {
    encodedListRevision(value)
    return placeOf(value).epoch
  } catch {
    return undefined
  }
}
