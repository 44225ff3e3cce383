import type { RowWrite, Store } from '../../platform/ports/store.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import type { StateChange } from '../runner/stage.ts'

/**
 * The rows of table event_ids: one per bucket of a user's older event ids. The content of a bucket never changes, so
 * writing it again is safe.
 */
const bucketName = (n: number): string => n.toString(16).padStart(6, '0')

/** Returns the buckets that the stored state `before` cannot have yet. */
export function newBuckets(
  { key, state }: StateChange<UserState>,
  before: UserState | undefined,
  writeTimestamp: bigint,
): RowWrite[] {
  if (state === null) return []
  const { olderIds, olderDropped: first = 0 } = state
  const shift = first - (before?.olderDropped ?? 0)
  let known = 0
  while (known < olderIds.length && before?.olderIds[known + shift] === olderIds[known]) known++
  return olderIds.slice(known).map((value, n) => {
    return { partition: key, cluster: bucketName(first + known + n), value, writeTimestamp }
  })
}

/** Returns removals of the buckets that the stored state `before` has and the new state no longer has. */
export function droppedBuckets(
  { key, state }: StateChange<UserState>,
  before: UserState | undefined,
  writeTimestamp: bigint,
): RowWrite[] {
  if (state === null || before === undefined) return []
  const { olderDropped: first = 0 } = before
  const count = Math.min((state.olderDropped ?? 0) - first, before.olderIds.length)
  return Array.from({ length: Math.max(0, count) }, (_, n) => {
    return { partition: key, cluster: bucketName(first + n), value: null, writeTimestamp }
  })
}

/** Reads `count` buckets from number `first` on; undefined if one is missing. */
export async function loadBuckets(
  store: Store,
  userId: string,
  first: number,
  count: number,
): Promise<Uint8Array[] | undefined> {
  const buckets: Uint8Array[] = []
  while (buckets.length < count) {
    const next = first + buckets.length
    const after = next === 0 ? undefined : bucketName(next - 1)
    const limit = count - buckets.length
    const rows = await store.range(tables.eventIds, userId, { limit, ...(after && { after }) })
    if (rows.length === 0) return undefined
    buckets.push(...rows.map(({ value }) => value))
  }
  return buckets
}
