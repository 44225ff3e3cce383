import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const names = ['film', 'book', 'song'].flatMap((kind) => Array.from({ length: 8 }, (_, n) => `${kind}-${n}`))
const items = names.map((id, n) => {
  const publishedAt = new Date(Date.UTC(2026, 0, 1 + n)).toISOString()
  return { id, title: id, categories: [id.split('-')[0]!], price: 10, publishedAt }
})

interface Row {
  readonly id: string
  readonly kind: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

/**
 * What the second edition of the public contract promises of start pages, ranked items, placements and goals, asked of a
 * whole system on a platform.
 * @param open left out: an embedded one
 */
export function placesHold(name: string, open?: () => Promise<{ log: EventLog; store: Store }>): void {
  describe(`start pages, placements and goals on ${name}`, () => {
    let harness: Harness
    beforeAll(async () => {
      harness = await startWholeSystem(open && { platform: await open() })
      await ask('mutation ($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
      await eventually(async () => (await ask('{ catalog { totalCount } }')).catalog.totalCount === items.length)
    })
    afterAll(async () => {
      await harness?.close()
    })

    async function ask(query: string, variables: Record<string, unknown> = {}) {
      const { data, errors } = await harness.ask(query, variables)
      expect(errors).toBeUndefined()
      return data
    }
    async function record(events: readonly object[], priority = 'LIVE'): Promise<string> {
      const query = `mutation ($events: [EventInput!]!, $priority: EventPriority) {
        recordEvents(events: $events, priority: $priority) { accepted token }
      }`
      const { recordEvents } = await ask(query, { events, priority })
      expect(recordEvents.accepted).toBe(events.length)
      return recordEvents.token
    }
    async function listOf(userId: string, args: { after?: string; placement?: string } = {}) {
      const query = `query ($userId: ID!, $after: String, $placement: String) {
        recommendations(userId: $userId, after: $after, placement: $placement, first: 100, timeoutMs: 30000) {
          id variant causedByEventId picks { item { id } }
        }
      }`
      const { recommendations } = await ask(query, { userId, ...args })
      return { ...recommendations, ids: recommendations.picks.map(({ item }: { item: { id: string } }) => item.id) }
    }

    test('rank: what the user wants first, without what is unknown or unavailable', async () => {
      const trail = ['film-0', 'film-1', 'film-2']
      await record(['eva', 'tom', 'kim'].flatMap((userId) => trail.map((itemId) => ({ userId, itemId, type: 'VIEW' }))))
      const after = await record([{ userId: 'ann', itemId: 'film-0', type: 'VIEW' }])
      await listOf('ann', { after })
      await ask('mutation { putItems(items: [{ id: "film-7", title: "Over", available: false }]) { accepted } }')
      const query = `{ rank(userId: "ann", itemIds: ["song-1", "nothing", "film-7", "film-1"]) { rank item { id } } }`
      const wanted = [
        { rank: 1, item: { id: 'film-1' } },
        { rank: 2, item: { id: 'song-1' } },
      ]
      const ranked = await eventually(async () => {
        const answer = (await ask(query)).rank
        return answer.length === 2 && answer[0].item.id === 'film-1' && answer
      })
      expect(ranked).toEqual(wanted)
    })

    test('home: rows of what the user did, which an open page is sent; rows that did not change keep their id', async () => {
      const rowsOf = 'rows { id kind picks { item { id } } }'
      const watcher = harness.watch(`subscription { homeUpdated(userId: "bea", rows: 20) { id ${rowsOf} } }`)
      const begin = (...ids: string[]) =>
        record(ids.map((itemId) => ({ userId: 'bea', itemId, type: 'CONSUME', portion: 0.3 })))
      const shown = (): readonly Row[] => watcher.received.at(-1)?.data.homeUpdated.rows ?? []
      const rowOf = (kind: string) => shown().find((row) => row.kind === kind)
      const idsOf = (row?: Row) => row?.picks.map(({ item }) => item.id)
      await eventually(() => rowOf('NEW'))
      await begin('book-1', 'book-2', 'book-3', 'book-4')
      await eventually(() => idsOf(rowOf('CONTINUE'))?.length === 4)
      expect(idsOf(rowOf('CONTINUE'))).toEqual(['book-4', 'book-3', 'book-2', 'book-1'])
      const ids = shown().flatMap((row) => idsOf(row)!)
      expect(new Set(ids).size).toBe(ids.length)
      expect(shown().every(({ picks }) => picks.length >= 4)).toBe(true)

      const { id } = rowOf('CONTINUE')!
      const pages = watcher.received.length
      const after = await record([{ userId: 'bea', itemId: 'song-3', type: 'PURCHASE', unitPrice: 10 }])
      await listOf('bea', { after })
      await eventually(() => watcher.received.length > pages && !shown().some((row) => idsOf(row)!.includes('song-3')))
      expect(rowOf('CONTINUE')!.id).toBe(id)
      const { home } = await ask(`{ home(userId: "bea", rows: 20) { id ${rowsOf} } }`)
      await eventually(() => watcher.received.at(-1)?.data.homeUpdated.id === home.id)
      watcher.stop()
    })

    test('BULK events count like any other, and a list has seen those its token names', async () => {
      const events = Array.from({ length: 60 }, (_, n) => ({
        userId: `bulk-${n % 3}`,
        itemId: names[n % names.length],
        type: 'VIEW',
        eventId: `bulk-${n}`,
      }))
      const after = await record(events, 'BULK')
      await record(events, 'BULK')
      expect((await listOf('bulk-0', { after })).causedByEventId).toBe('bulk-57')
      const query = '{ user(id: "bulk-0") { events(first: 100) { edges { node { eventId } } } } }'
      await eventually(async () => (await ask(query)).user?.events.edges.length >= 20)
      const found = (await ask(query)).user.events.edges.map(({ node }: { node: { eventId: string } }) => node.eventId)
      expect(found).toEqual(Array.from({ length: 20 }, (_, n) => `bulk-${57 - 3 * n}`))
    })

    test('figures, experiments and rules are kept per placement', async () => {
      const source = `placements:
  cart: { pins: [{ item: song-7, position: 1 }] }
experiments:
  - name: gift
    placement: cart
    variants: [{ name: control, share: 0 }, { name: first, share: 1 }]
  - name: spread
    placement: home
    variants: [{ name: control, share: 0 }, { name: wide, share: 1 }]`
      await ask('mutation ($source: String!) { putRules(source: $source) { version } }', { source })
      const after = await record([{ userId: 'cid', itemId: 'book-0', type: 'VIEW' }])
      await eventually(async () => (await listOf('cid', { placement: 'cart' })).variant === 'gift~first')
      const [cart, home, email] = await Promise.all(
        ['cart', 'home', 'email'].map((placement) => listOf('cid', { after, placement })),
      )
      expect([cart.variant, home.variant, email.variant]).toEqual(['gift~first', 'spread~wide', null])
      expect([cart.ids[0], home.ids[0] === 'song-7']).toEqual(['song-7', false])
      const act = ({ id }: { id: string }, itemId: string, price: number) => [
        { userId: 'cid', itemId, type: 'IMPRESSION', position: 1, recommendationId: id },
        { userId: 'cid', itemId, type: 'CLICK', position: 1, recommendationId: id },
        { userId: 'cid', itemId, type: 'PURCHASE', unitPrice: price, recommendationId: id },
      ]
      await record([...act(cart, 'song-7', 30), ...act(home, 'film-3', 20), ...act(email, 'book-6', 5)])
      const query = `{
        placements { placement impressions clicks purchases revenue }
        experiments { name placements { placement variants { name revenue } } }
      }`
      const figures = await eventually(async () => {
        const answer = await ask(query)
        return (
          answer.placements.length === 3 &&
          answer.experiments.length === 2 &&
          answer.placements.every((one: { revenue: number }) => one.revenue > 0) &&
          answer
        )
      })
      const counted = { impressions: 1, clicks: 1, purchases: 1 }
      expect(figures.placements).toEqual([
        { placement: 'cart', ...counted, revenue: 30 },
        { placement: 'email', ...counted, revenue: 5 },
        { placement: 'home', ...counted, revenue: 20 },
      ])
      expect(figures.experiments).toEqual([
        { name: 'gift', placements: [{ placement: 'cart', variants: [{ name: 'first', revenue: 30 }] }] },
        { name: 'spread', placements: [{ placement: 'home', variants: [{ name: 'wide', revenue: 20 }] }] },
      ])
      await ask('mutation { putRules(source: "{}") { version } }')
    })

    test('an undone order leaves the figures, and those of a guest become those of the user', async () => {
      const placement = 'checkout'
      const { id } = await listOf('guest', { placement })
      const click = { userId: 'guest', itemId: 'song-1', type: 'CLICK', recommendationId: id }
      const after = await record([click, { ...click, type: 'PURCHASE', unitPrice: 40 }])
      await listOf('guest', { after })
      const { identify } = await ask('mutation { identify(guestId: "guest", userId: "dan") { token } }')
      await listOf('dan', { after: identify.token })
      const events = ['d1', 'd2'].map((eventId) => ({
        ...click,
        userId: 'dan',
        eventId,
        type: 'PURCHASE',
        unitPrice: 7,
      }))
      await record(events)
      const { undoEvents } = await ask('mutation { undoEvents(userId: "dan", eventIds: ["d1"]) { token } }')
      await listOf('dan', { after: undoEvents.token })
      const query = `{ placements {
        placement users lists clicks purchases revenue hitRate { share } lastTouch { purchases revenue }
      } }`
      const last = { placement, users: 1, lists: 1, clicks: 1, purchases: 2, revenue: 47, hitRate: { share: 1 } }
      const find = async () => {
        const { placements } = await ask(query)
        return placements.find((one: { placement: string }) => one.placement === placement)
      }
      await eventually(async () => (await find())?.revenue === 47)
      expect(await find()).toEqual({ ...last, lastTouch: { purchases: 2, revenue: 47 } })
    })
  })
}
