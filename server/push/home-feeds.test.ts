import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeUserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { anInteraction, EmbedHarness } from '../../test/support/interactions.ts'
import { type Answer, type Harness, startHarness, type Watcher } from '../../test/support/server-harness.ts'
import { startWholeSystem } from '../../test/support/whole-system.ts'

const names = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`)
const operation = `subscription ($u: ID!, $first: Int = 4, $filter: ItemFilter) {
  homeUpdated(userId: $u, first: $first, filter: $filter) { id rows { id kind picks { item { id } } } } }`

interface Row {
  readonly id: string
  readonly kind: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}
const rowsOf = ({ data, errors }: Answer): Row[] => {
  expect(errors).toBeUndefined()
  return data.homeUpdated.rows
}
const rowOf = (answer: Answer, kind: string) => rowsOf(answer).find((row) => row.kind === kind)
const itemsOf = (row: Row | undefined) => row?.picks.map(({ item }) => item.id)

/** The first message from the n-th on for which it holds. */
async function messageWith(watcher: Watcher, holds: (answer: Answer) => boolean, from = 0): Promise<Answer> {
  for (let n = from; ; n++) {
    const answer = await watcher.message(n)
    if (holds(answer)) return answer
  }
}

describe('homeUpdated, over lists that a test publishes', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness()
    await harness.putItems(
      ...['film', 'book'].flatMap((kind) => names(kind, 8).map((id) => ({ id, categories: [kind] }))),
    )
  })
  afterAll(() => harness.close())

  const watch = (u: string, more: object = {}) => harness.watch(operation, { u, ...more })
  const publish = (userId: string, offset: number, ...ids: string[]) =>
    harness.publishList(userId, aList({ offset, unseen: ranked(...ids) }))

  test('shows the page as it stands, then every newer one; unchanged rows keep their id', async () => {
    await publish('ann', 1, ...names('film', 4), ...names('book', 4))
    const watcher = watch('ann')
    const first = await watcher.message(0)
    expect(itemsOf(rowOf(first, 'FOR_YOU'))).toEqual(names('film', 4))
    const books = rowOf(first, 'CATEGORY')
    await publish('ann', 2, ...names('film', 4).reverse(), ...names('book', 4))
    const second = await watcher.message(1)
    expect(itemsOf(rowOf(second, 'FOR_YOU'))).toEqual(names('film', 4).reverse())
    expect(rowOf(second, 'FOR_YOU')!.id).not.toBe(rowOf(first, 'FOR_YOU')!.id)
    expect(rowOf(second, 'CATEGORY')).toEqual(books)
  })

  test('sends nothing where the rows are the same, and never an older page', async () => {
    await publish('bob', 5, ...names('film', 4))
    const watcher = watch('bob')
    await watcher.message(0)
    await publish('bob', 4, ...names('book', 4))
    await publish('bob', 6, ...names('film', 4))
    await publish('bob', 7, ...names('book', 4))
    expect(itemsOf(rowOf(await watcher.message(1), 'FOR_YOU'))).toEqual(names('book', 4))
    expect(watcher.received).toHaveLength(2)
  })

  test('an item that is no longer available leaves the open page, and one that matches comes in', async () => {
    await publish('cid', 1, ...names('film', 5))
    const watcher = watch('cid', { filter: { categories: ['film'] } })
    await watcher.message(0)
    await harness.putItems({ id: 'film-1', categories: ['film'], available: false })
    const without = await watcher.message(1)
    expect(itemsOf(rowOf(without, 'FOR_YOU'))).toEqual(['film-0', 'film-2', 'film-3', 'film-4'])
    await harness.putItems({ id: 'film-1', categories: ['film'] })
    const again = await watcher.message(2)
    expect(itemsOf(rowOf(again, 'FOR_YOU'))).toEqual(names('film', 4))
  })

  test('changed rules are shown without an event', async () => {
    await publish('fay', 1, ...names('film', 5))
    const watcher = watch('fay')
    await watcher.message(0)
    await harness.ask('mutation { putRules(source: "pins: [{ item: book-7, position: 1 }]") { version } }')
    const pinned = await messageWith(watcher, (answer) => itemsOf(rowOf(answer, 'FOR_YOU'))?.[0] === 'book-7')
    expect(itemsOf(rowOf(pinned, 'FOR_YOU'))?.slice(1)).toEqual(names('film', 3))
    await harness.ask('mutation { putRules(source: "") { version } }')
    await messageWith(watcher, (answer) => itemsOf(rowOf(answer, 'FOR_YOU'))?.[0] === 'film-0', 2)
  })

  test('who subscribes later gets the page as it stands, and the others get nothing twice', async () => {
    await publish('dan', 1, ...names('film', 4))
    const early = watch('dan')
    await early.message(0)
    await publish('dan', 2, ...names('book', 4))
    await early.message(1)
    const late = watch('dan')
    expect(rowsOf(await late.message(0))).toEqual(rowsOf(await early.message(1)))
    await publish('dan', 3, ...names('film', 4))
    expect(rowsOf(await late.message(1))).toEqual(rowsOf(await early.message(2)))
    expect([early.received.length, late.received.length]).toEqual([3, 2])
  })

  test('a page made while the state was behind the list is made again once the state is there', async () => {
    const embed = new EmbedHarness()
    const store = async () => {
      const state = embed.state('eve')
      const value = encodeUserState(state)
      const writeTimestamp = BigInt(state.position.offset + 1)
      await harness.store.put(tables.userStates, [{ partition: 'eve', value, writeTimestamp }])
    }
    embed.feed(anInteraction({ userId: 'eve' }))
    await store()
    embed.feedAll(
      ...names('book', 4).map((itemId) => anInteraction({ userId: 'eve', itemId, type: 'CONSUME', portion: 0.2 })),
    )
    await publish('eve', embed.offset, ...names('film', 4))
    const watcher = watch('eve')
    expect(rowOf(await watcher.message(0), 'CONTINUE')).toBeUndefined()
    await store()
    expect(itemsOf(rowOf(await watcher.message(1), 'CONTINUE'))).toEqual(names('book', 4).reverse())
  })
})

describe('homeUpdated, of the whole system', () => {
  let harness: Harness
  let user: string
  let number = 0
  beforeAll(async () => {
    harness = await startWholeSystem()
    await harness.putItems(...names('film', 30).map((id, n) => ({ id, categories: [`c${n % 2}`] })))
  })
  beforeEach(() => {
    user = `user-${number++}`
  })
  afterAll(() => harness.close())

  const record = (...events: object[]) =>
    harness.ask('mutation ($e: [EventInput!]!) { recordEvents(events: $e) { token } }', { e: events })

  test('a stranger becomes somebody with a page of their own, and loses it by forgetUser', async () => {
    const watcher = harness.watch(operation, { u: user })
    expect(rowsOf(await watcher.message(0)).some(({ kind }) => kind === 'FOR_YOU')).toBe(false)
    await record({ userId: user, itemId: 'film-2', type: 'VIEW' })
    await messageWith(watcher, (answer) => rowOf(answer, 'FOR_YOU') !== undefined)
    const seen = watcher.received.length
    await harness.ask('mutation ($u: ID!) { forgetUser(userId: $u) { token } }', { u: user })
    await messageWith(watcher, (answer) => rowOf(answer, 'FOR_YOU') === undefined, seen)
  })

  test('what was begun is offered to be continued, until it is finished', async () => {
    const watcher = harness.watch(operation, { u: user, first: 10 })
    const begun = names('film', 5)
    await record(...begun.map((itemId) => ({ userId: user, itemId, type: 'CONSUME', portion: 0.3 })))
    await messageWith(watcher, (answer) => rowOf(answer, 'CONTINUE')?.picks.length === 5)
    const seen = watcher.received.length
    await record({ userId: user, itemId: 'film-0', type: 'CONSUME', portion: 1 })
    const after = await messageWith(watcher, (answer) => rowOf(answer, 'CONTINUE')?.picks.length === 4, seen)
    expect(itemsOf(rowOf(after, 'CONTINUE'))).not.toContain('film-0')
  })

  test('what trends changes an open page, without an event of its user', async () => {
    const watcher = harness.watch(operation, { u: user, first: 4 })
    await watcher.message(0)
    const buy = (userId: string, ...items: string[]) => items.map((itemId) => ({ userId, itemId, type: 'PURCHASE' }))
    await record(
      ...names('buyer', 9).flatMap((userId) => buy(userId, 'film-29')),
      ...buy('buyer-9', ...names('film', 9)),
    )
    await messageWith(watcher, (answer) => itemsOf(rowOf(answer, 'TRENDING'))?.[0] === 'film-29')
  })
})
