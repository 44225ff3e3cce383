import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erasureHeaders } from '../../schema/records/headers.ts'
import { decodeList, encodeList } from '../../schema/records/list.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { aStoredRecord } from '../../test/support/interactions.ts'
import { rowWriter } from '../runner/row-writer.ts'
import { topology } from '../topology.ts'

const aRecord = (offset: number, erased = false) =>
  aStoredRecord({
    topic: topics.lists,
    value: erased ? null : encodeList(aList({ offset, unseen: ranked(`seen-${offset}`) })),
    headers: erased ? erasureHeaders({ partition: 0, offset }, 0) : {},
  })

async function storeAll(records: readonly ReturnType<typeof aRecord>[]) {
  const world = aQuietWorld()
  for (const record of records) {
    const at = { ...record, position: record, now: 0 }
    const { rows } = topology.sink.run(topology.sink.decode(record), at, undefined, undefined)
    await world.until(rowWriter(world.store)(rows ?? []))
  }
  return world.simStore
}

describe('the list that is stored', () => {
  test('is the newest one, in whatever order lists and erasures arrive', async () => {
    const anyList = fc.record({ offset: fc.nat(9), erased: fc.boolean() })
    const distinct = fc.uniqueArray(anyList, { selector: ({ offset }) => offset, minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(distinct, async (lists) => {
        const store = await storeAll(lists.map(({ offset, erased }) => aRecord(offset, erased)))
        const newest = lists.reduce((a, b) => (a.offset > b.offset ? a : b))
        const row = store.rows(tables.listsByUser).get('ann/')
        if (newest.erased) expect(row).toBeUndefined()
        else expect(decodeList(row!).unseen[0]!.itemId).toBe(`seen-${newest.offset}`)
      }),
      { numRuns: 50 },
    )
  })

  test('is gone after an erasure, and a reader can learn where it happened without the name being kept', async () => {
    const store = await storeAll([aRecord(3), aRecord(7, true)])
    expect(store.rows(tables.listsByUser).size).toBe(0)
    const [hash, value] = [...store.rows(tables.erasures)][0]!
    expect(hash).not.toContain('ann')
    expect(Buffer.from(value).toString()).toBe('7 -1 0')
  })
})
