import { describe, expect, test } from 'vitest'
import { encodeDoneErasure, erasureKey } from '../schema/records/erasure.ts'
import { encodeList, listWrittenAt } from '../schema/records/list.ts'
import { withPlace } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import { aList } from '../test/support/builders.ts'
import { aQuietWorld } from '../test/support/drive.ts'
import { requireStoredLists } from './require-stored-lists.ts'

function aCluster() {
  const { log, store, until } = aQuietWorld()
  let committed = 0
  return {
    until,
    store,
    check: (epoch = 0) =>
      until(requireStoredLists({ ...log, committedOffsets: async () => [committed] }, store, epoch)),
    append: (userId: string, offset: number | null) => {
      const value = offset === null ? null : encodeList(aList({ offset }))
      return until(log.append(topics.lists, [{ key: userId, value }]))
    },
    write: (value: Uint8Array) => until(log.append(topics.lists, [{ key: 'foreign', value }])),
    put: (userId: string, offset: number, place: number) => {
      const list = aList({ offset })
      const value = withPlace(encodeList(list), place)
      return until(store.put(tables.listsByUser, [{ partition: userId, value, writeTimestamp: listWrittenAt(list) }]))
    },
    commit: (offset: number) => {
      committed = offset
    },
  }
}

describe('the store', () => {
  test('has every list that the sink has committed, or a newer one', async () => {
    const { check, append, put, commit, write } = aCluster()
    await check()
    await append('ann', 5)
    await append('bob', 6)
    await check() // nothing is committed
    await put('ann', 5, 0)
    await put('bob', 9, 4)
    await write(Buffer.from('of another program'))
    commit(3)
    await check()
  })

  test.each([
    ['has no list', undefined],
    ['has an older list', 4],
  ])('that %s of a user is older than the log, until the epoch is raised', async (_, stored) => {
    const { check, append, put, commit } = aCluster()
    await append('bob', 4)
    await append('ann', 5)
    await put('bob', 4, 0)
    if (stored !== undefined) await put('ann', stored, 0)
    commit(2)
    await expect(check()).rejects.toThrow(
      'table lists_by_user lacks the list at lists/0, offset 1, which was stored: the store was restored from an older copy or emptied; stop all processes, raise PICKSTREAM_EPOCH by one',
    )
    await check(1)
  })

  test('may lack the list of a user who was erased', async () => {
    const { check, append, commit, store, until } = aCluster()
    await append('ann', 5)
    await append('bob', 6)
    await append('ann', null)
    commit(2)
    const value = encodeDoneErasure({ offset: 7, backfilled: -1, epoch: 0 })
    await until(store.put(tables.erasures, [{ partition: erasureKey('bob'), value, writeTimestamp: 8n }]))
    await check()
  })
})
