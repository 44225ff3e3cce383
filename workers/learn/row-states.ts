import type { EventLog, Following } from '../../platform/ports/event-log.ts'
import { decodeSideRow, type StoredSideRow } from '../../schema/records/side.ts'
import { topics } from '../../schema/topics.ts'
import type { States } from '../runner/stage.ts'

/**
 * The learn stage's state is the topic it writes, as Kafka Streams keeps a changelog: rows are read back from it at the
 * start and after every change of the assignment, and saved by the emit that follows. Nothing else is written per event.
 */
export function rowStates(log: EventLog): States<StoredSideRow> & { stop(): Promise<void> } {
  let rows = new Map<string, StoredSideRow>()
  let following: Promise<Following> | undefined
  let ready: Promise<void> | undefined

  const restore = (): Promise<void> => {
    const restored = new Map<string, StoredSideRow>()
    rows = restored
    following = log.follow({ topic: topics.sideRows, from: 'beginning' }, (records) => {
      for (const { key, value } of records) {
        if (value === null) restored.delete(key)
        else take(restored, key, decodeSideRow(value))
      }
    })
    return following.then(async (follow) => {
      await follow.caughtUp
      await follow.stop() // from here on this process is the only writer of its rows
    })
  }

  return {
    forget() {
      ready = undefined
    },
    async load(keys) {
      ready ??= restore()
      await ready
      const found = new Map<string, StoredSideRow>()
      for (const key of keys) {
        const row = rows.get(key)
        if (row) found.set(key, row)
      }
      return found
    },
    async save(changes) {
      for (const { key, state } of changes) {
        if (state === null) rows.delete(key)
        else rows.set(key, state)
      }
    },
    async stop() {
      await (await following)?.stop()
    },
  }
}

/** A zombie's late row never replaces one that has seen more. */
function take(rows: Map<string, StoredSideRow>, key: string, row: StoredSideRow): void {
  const known = rows.get(key)
  if (known === undefined || seenBy(row) >= seenBy(known)) rows.set(key, row)
}

function seenBy(row: StoredSideRow): number {
  let sum = 0
  for (const offset of Object.values(row.sources)) sum += offset
  return sum
}
