import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RowKey, Store } from '../../platform/ports/store.ts'
import { encodeList, listWrittenAt } from '../../schema/records/list.ts'
import type { Table } from '../../schema/tables.ts'
import { tables } from '../../schema/tables.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
let reads: { table: string; keys: string[] }[] = []
beforeAll(async () => {
  harness = await startHarness({ wrap: ({ log, store }) => ({ log, store: counting(store) }) })
  await harness.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' })
})
beforeEach(() => {
  reads = []
})
afterAll(() => harness.close())

function counting(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== 'get') return Reflect.get(target, name).bind(target)
      return (table: Table, keys: readonly RowKey[]) => {
        reads.push({ table: table.name, keys: keys.map(({ partition }) => partition) })
        return target.get(table, keys)
      }
    },
  })
}

async function storeList(...userIds: string[]): Promise<void> {
  const list = aList({ offset: 1, unseen: ranked('a', 'b', 'c', 'd') })
  const rows = userIds.map((partition) => ({ partition, value: encodeList(list), writeTimestamp: listWrittenAt(list) }))
  await harness.store.put(tables.listsByUser, rows)
}

test("a page with 20 users' lists makes one read, of every user once", async () => {
  const users = Array.from({ length: 20 }, (_, n) => `user-${n}`)
  await storeList(...users)
  const fields = [...users, 'user-3', 'user-4'].map(
    (userId, n) => `l${n}: recommendations(userId: "${userId}", first: ${(n % 3) + 1}) { picks { item { id } } }`,
  )
  const { data, errors } = await harness.ask(`{ ${fields.join('\n')} }`)
  expect(errors).toBeUndefined()
  expect(Object.keys(data)).toHaveLength(22)
  expect(reads).toEqual([{ table: 'lists_by_user', keys: users }])
})

test('what was just read is not read again', async () => {
  await storeList('ann')
  const ask = () => harness.ask('{ recommendations(userId: "ann", first: 2) { picks { item { id } } } }')
  await ask()
  await ask()
  expect(reads).toHaveLength(1)
})

test('a list that was pushed is served without a read', async () => {
  await storeList('ben')
  await harness.publishList('ben', aList({ offset: 2, unseen: ranked('b', 'a') }))
  await harness.watch('subscription { recommendationsUpdated(userId: "ben") { revision } }').message(0)
  reads = []
  const { data } = await harness.ask('{ recommendations(userId: "ben", first: 2) { picks { item { id } } } }')
  expect(data.recommendations.picks[0].item.id).toBe('b')
  expect(reads).toEqual([])
})

test('lists of one page share no item: the first in the document keeps it', async () => {
  await storeList('cat', 'dog')
  const { data } = await harness.ask(`{
    first: recommendations(userId: "cat", first: 2, page: "home") { picks { item { id } } }
    second: recommendations(userId: "dog", first: 1, page: "home") { picks { item { id } } }
    more: trending(first: 10, page: "home") { item { id } }
    alone: recommendations(userId: "dog", first: 1) { picks { item { id } } }
  }`)
  const ids = (picks: { item: { id: string } }[]) => picks.map((pick) => pick.item.id)
  expect(ids(data.first.picks)).toEqual(['a', 'b'])
  expect(ids(data.second.picks)).toEqual(['c'])
  expect(ids(data.more)).toEqual(['d'])
  expect(ids(data.alone.picks)).toEqual(['a'])
  expect(reads.filter(({ table }) => table === 'lists_by_user')).toEqual([
    { table: 'lists_by_user', keys: ['cat', 'dog'] },
  ])
})
