import type { EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { decodeErasureMarker, erasureKey } from '../../schema/records/erasure.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'

/** Maximum users whose states are read in one call. */
const chunkUsers = 256

/**
 * Requests a new list for each user whose record on topic user-vectors or lists is older than what last changed the
 * user's state, or who has a record and no state. If the newer record is still to come, one more list than needed is
 * made.
 *
 * @param writtenAtOf the write timestamp of a record
 * @returns the number of users for whom a list was requested
 */
export async function refreshOutdated(
  { log, store }: { log: Pick<EventLog, 'append'>; store: Pick<Store, 'get'> },
  records: readonly StoredRecord[],
  writtenAtOf: (record: StoredRecord) => bigint,
): Promise<number> {
  let refreshed = 0
  for (let at = 0; at < records.length; at += chunkUsers) {
    const chunk = records.slice(at, at + chunkUsers)
    const newest = await newestChanges(
      store,
      chunk.map(({ key }) => key),
    )
    const outdated = chunk.filter((record, n) => {
      const known = newest[n]
      return known === undefined ? record.value !== null : known > writtenAtOf(record)
    })
    if (outdated.length === 0) continue
    await log.append(
      topics.backfill,
      outdated.map(({ key }) => ({ key, value: encodeInteraction({ v: 1, kind: 'refresh', userId: key }) })),
    )
    refreshed += outdated.length
  }
  return refreshed
}

/**
 * @returns for each user the write timestamp of the newest record of topic interactions that changed something;
 * undefined: none is known
 */
async function newestChanges(store: Pick<Store, 'get'>, userIds: readonly string[]): Promise<(bigint | undefined)[]> {
  const [states, markers] = await Promise.all([
    store.get(
      tables.userStates,
      userIds.map((partition) => ({ partition })),
    ),
    store.get(
      tables.erasureMarkers,
      userIds.map((userId) => ({ partition: erasureKey(userId) })),
    ),
  ])
  return userIds.map((_, n) => {
    const [state, marker] = [states[n], markers[n]]
    const { changed = -1, epoch: changedIn } = state ? decodeUserState(state) : {}
    const { position, epoch: erasedIn } = marker ? decodeErasureMarker(marker) : {}
    if (!state && !marker) return undefined
    const changedAt = writeTimestampOf(changed, changedIn)
    const erasedAt = writeTimestampOf(position?.offset ?? -1, erasedIn)
    return changedAt > erasedAt ? changedAt : erasedAt
  })
}
