import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { decodeList } from '../../schema/records/list.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const user = 'ann'

interface List {
  readonly id: string
  readonly revision: string
  readonly causedByEventId: string | null
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

/** What readers see of records that a stage is given again, asked of a whole system on a platform. */
export function replaysAreNewer(name: string, open: () => Promise<{ log: EventLog; store: Store }>): void {
  describe(`a list that is made again on ${name}`, () => {
    let harness: Harness
    /** Called before each write of user states; a throw fails it. */
    let beforeStates = async (): Promise<void> => {}
    beforeAll(async () => {
      const { log, store } = await open()
      const put: Store['put'] = async (table, rows) => {
        if (table === tables.userStates) await beforeStates()
        await store.put(table, rows)
      }
      harness = await startWholeSystem({ platform: { log, store: { ...bound(store), put } } })
      await harness.putItems({ id: 'tent' }, { id: 'mat' })
    })
    afterAll(async () => {
      await harness?.close()
    })

    const record = async (eventId: string): Promise<string> => {
      const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
      const events = [{ userId: user, eventId, itemId: 'tent', type: 'VIEW' }]
      return (await harness.ask(query, { events })).data.recordEvents.token
    }
    const fields = 'id revision causedByEventId picks { item { id } }'
    const listAfter = async (token: string): Promise<List> => {
      const query = `query($user: ID!, $token: String) {
        recommendations(userId: $user, first: 1, after: $token, timeoutMs: 30000) { ${fields} }
      }`
      return (await harness.ask(query, { user, token })).data.recommendations
    }
    const listRecords = async () => {
      const [end] = await harness.log.endOffsets(topics.lists)
      return end === 0 ? [] : harness.log.read(topics.lists, 0, 0, end!)
    }

    test('after a crash between what the embed stage emits and its state, has a greater revision', async () => {
      const watcher = harness.watch(
        `subscription { recommendationsUpdated(userId: "${user}", first: 1) { ${fields} } }`,
      )
      await watcher.message(0)
      let failures = 0
      beforeStates = async () => {
        if (failures++ > 0) return
        await eventually(async () => (await listRecords()).length > 0)
        await harness.putItems({ id: 'lamp' }) // what is ranked again is another list
        throw new Error('the worker dies before the state is stored')
      }
      const token = await record('e-1')
      const pushed = await eventually(() => {
        const lists = watcher.received.slice(1).map(({ data }) => data.recommendationsUpdated as List)
        return lists.length > 1 ? lists : undefined
      })
      expect(failures).toBeGreaterThan(1)
      const records = (await listRecords()).flatMap(({ value }) => (value === null ? [] : [decodeList(value)]))
      expect(new Set(records.map(({ position }) => position.offset)).size).toBe(1)
      const counts = new Set(records.map(({ unseen }) => unseen.length))
      expect(counts.size).toBeGreaterThan(1)

      const revisions = pushed.map(({ revision }) => revision)
      expect(revisions).toEqual([...new Set(revisions)].sort())
      expect(new Set(pushed.map(({ id }) => id)).size).toBe(pushed.length)
      expect(new Set(pushed.map(({ causedByEventId }) => causedByEventId))).toEqual(new Set(['e-1']))
      expect(await listAfter(token)).toEqual(pushed.at(-1))
      watcher.stop()
    })

    test('is not made again for an event that is sent again, and the token of the retry finds it', async () => {
      const before = await listAfter(await record('e-2'))
      expect(before.causedByEventId).toBe('e-2')
      const records = (await listRecords()).length
      await harness.putItems({ id: 'pot' })
      expect(await listAfter(await record('e-2'))).toEqual(before)
      expect(await listRecords()).toHaveLength(records)
    })
  })
}

/** The methods of a store that is an instance of a class. */
function bound(store: Store): Store {
  return {
    migrate: () => store.migrate(),
    get: (table, keys) => store.get(table, keys),
    put: (table, rows) => store.put(table, rows),
    putIfAbsent: (table, row) => store.putIfAbsent(table, row),
    range: (table, partition, options) => store.range(table, partition, options),
    erase: (table, partition, writeTimestamp) => store.erase(table, partition, writeTimestamp),
    scan: (table, pageRows) => store.scan(table, pageRows),
    close: () => store.close(),
  }
}
