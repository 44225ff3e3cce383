import type { EventLog, StoredRecord } from '../../../platform/ports/event-log.ts'
import type { Store } from '../../../platform/ports/store.ts'
import { recommendationIdKey } from '../../../platform/recommendation-id-key.ts'
import { readTimeline } from '../../../platform/timeline.ts'
import { decodeList, encodedListRevision, type UserList } from '../../../schema/records/list.ts'
import { decodeUserState, type StoredUserState } from '../../../schema/records/user-state.ts'
import { type Table, tables } from '../../../schema/tables.ts'
import { topics } from '../../../schema/topics.ts'

/** What a run has left behind: what it was given, and what it ended with. */
export interface Recorded {
  readonly partitions: number
  /** Authenticates recommendation ids and the sources of copied records. */
  readonly idKey: Uint8Array
  readonly interactions: readonly StoredRecord[]
  readonly items: readonly StoredRecord[]
  readonly sideDeltas: readonly StoredRecord[]
  readonly models: readonly StoredRecord[]
  readonly modelRows: readonly { readonly partition: string; readonly cluster?: string; readonly value: Uint8Array }[]
  readonly picks: ReadonlyMap<string, UserList>
  /** Of the lists in `picks`. */
  readonly revisions: ReadonlyMap<string, bigint>
  readonly states: ReadonlyMap<string, StoredUserState>
  /** Of the revisions that clients see. */
  readonly timeline: number
}

export async function recordedIn({ log, store }: { log: EventLog; store: Store }): Promise<Recorded> {
  const picks = new Map<string, UserList>()
  const revisions = new Map<string, bigint>()
  for await (const rows of store.scan(tables.listsByUser)) {
    for (const { partition, value } of rows) {
      picks.set(partition, decodeList(value))
      revisions.set(partition, encodedListRevision(value))
    }
  }
  const states = new Map<string, StoredUserState>()
  for await (const rows of store.scan(tables.userStates)) {
    for (const { partition, value } of rows) states.set(partition, decodeUserState(value))
  }
  return {
    partitions: await log.partitionCount(topics.interactions),
    idKey: await recommendationIdKey({ ID_SECRET: undefined }, store),
    interactions: await recordsOf(log, topics.interactions),
    items: await recordsOf(log, topics.items),
    sideDeltas: await recordsOf(log, topics.sideDeltas),
    models: await recordsOf(log, topics.models),
    modelRows: await rowsOf(store, tables.models),
    picks,
    revisions,
    states,
    timeline: await readTimeline(store, 0),
  }
}

const pageRecords = 2_000

export async function recordsOf(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const ends = await log.endOffsets(topic)
  const all: StoredRecord[] = []
  for (const [partition, end] of ends.entries()) {
    for (let at = 0; at < end; ) {
      const page = await log.read(topic, partition, at, pageRecords)
      const last = page.at(-1)
      if (!last) break
      all.push(...page)
      at = last.offset + 1
    }
  }
  return all
}

async function rowsOf(store: Store, table: Table) {
  const all = []
  for await (const rows of store.scan(table)) all.push(...rows)
  return all
}
