import type { EventLog } from '../../platform/ports/event-log.ts'
import { encodedListRevision } from '../../schema/records/list.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { rowOfRecord } from '../../server/lists/list-cache.ts'
import type { World } from './world.ts'

/** An open page per user: takes from topic lists what is newer than what it shows, as the server does. */
export async function subscribe(log: EventLog, report: (problem: string) => void) {
  const shown = new Map<string, { revision: bigint; list: Uint8Array | null }>()
  let taken = 0
  await log.follow({ topic: topics.lists, from: 'beginning' }, (records) => {
    for (const record of records) {
      const { key, value } = record
      const { revision } = rowOfRecord(record)
      const before = shown.get(key)
      if (before !== undefined && revision <= before.revision) continue
      shown.set(key, { revision, list: value })
      taken++
    }
  })

  return {
    taken: () => taken,
    /** Once everything has come to rest, pages show what a query would answer. */
    check(world: World): void {
      const stored = world.store.rows(tables.listsByUser)
      for (const [user, { revision, list }] of shown) {
        const row = stored.get(`${user}/`)
        if (list === null && row !== undefined) report(`a page shows a stranger, but there is a list of ${user}`)
        if (list === null) continue
        if (row === undefined) report(`a page shows ${user} a list that is not stored`)
        else if (encodedListRevision(row) !== revision) report(`a page shows ${user} another revision than is stored`)
      }
      for (const key of stored.keys()) if (!shown.has(key.slice(0, -1))) report(`no page has heard of ${key}`)
    },
  }
}
