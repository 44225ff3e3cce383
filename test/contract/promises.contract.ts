import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { topics } from '../../schema/topics.ts'
import { stageNames } from '../../workers/topology.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const items = [
  { id: 'tent', title: 'Tent', categories: ['camping'], tags: ['sale'], price: 90 },
  { id: 'mat', title: 'Mat', categories: ['camping'], price: 20 },
  { id: 'stove', title: 'Stove', categories: ['cooking'], price: 40 },
  { id: 'pot', title: 'Pot', categories: ['cooking'], price: 15 },
  { id: 'lamp', title: 'Lamp', categories: ['light'], price: 10 },
]

/**
 * What the comments of the public contract promise of what is stored, asked of a whole system on a platform.
 * @param open left out: an embedded one
 */
export function promisesHold(name: string, open?: () => Promise<{ log: EventLog; store: Store }>): void {
  describe(`the public contract on ${name}`, () => {
    let harness: Harness
    beforeAll(async () => {
      harness = await startWholeSystem(open && { platform: await open() })
      const query = 'mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted token } }'
      expect((await ask(query, { items })).putItems.accepted).toBe(items.length)
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
    async function record(userId: string, ...events: object[]) {
      const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { accepted token } }'
      return (await ask(query, { events: events.map((event) => ({ userId, ...event })) })).recordEvents
    }
    async function listOf(userId: string, args: Record<string, unknown> = {}) {
      const query = `query($userId: ID!, $after: String, $includeSeen: Boolean) {
        recommendations(userId: $userId, after: $after, includeSeen: $includeSeen, timeoutMs: 30000) {
          id userId revision causedByEventId personalized picks { rank item { id } }
        }
      }`
      const { recommendations } = await ask(query, { userId, ...args })
      const ids = recommendations.picks.map(({ item }: { item: { id: string } }) => item.id)
      return { ...recommendations, ids }
    }
    async function eventsOf(userId: string): Promise<string[]> {
      const { user } = await ask('query($id: ID!) { user(id: $id) { events { edges { node { eventId } } } } }', {
        id: userId,
      })
      return user?.events.edges.map(({ node }: { node: { eventId: string } }) => node.eventId) ?? []
    }
    const archived = (userId: string, ...ids: string[]) =>
      eventually(async () => JSON.stringify(await eventsOf(userId)) === JSON.stringify(ids))

    test('an unknown user gets picks, never none while an item is eligible', async () => {
      const { personalized, ids, userId } = await listOf('stranger')
      expect({ personalized, userId }).toEqual({ personalized: false, userId: 'stranger' })
      expect(ids.length).toBe(items.length)
    })

    test('a token is answered with picks that have seen the event, and that name it as their cause', async () => {
      const { accepted, token } = await record('ada', { eventId: 'a1', itemId: 'tent', type: 'VIEW' })
      expect(accepted).toBe(1)
      expect(await listOf('ada', { after: token })).toMatchObject({ causedByEventId: 'a1', personalized: true })
    })

    test('retrying with the same event id changes nothing, and its token still finds the list', async () => {
      const before = await listOf('ada')
      const { accepted, token } = await record('ada', { eventId: 'a1', itemId: 'pot', type: 'PURCHASE' })
      expect(accepted).toBe(1)
      const after = await listOf('ada', { after: token })
      expect(after).toEqual(before)
      expect(after.ids).toContain('pot') // of another content, but it had counted: nothing was bought
      await archived('ada', 'a1')
    })

    test('what was bought, rated or dismissed is seen and left out, what was viewed is not', async () => {
      const { token } = await record(
        'bob',
        { eventId: 'b1', itemId: 'tent', type: 'VIEW' },
        { eventId: 'b2', itemId: 'mat', type: 'PURCHASE' },
        { eventId: 'b3', itemId: 'stove', type: 'RATING', value: 2 },
        { eventId: 'b4', itemId: 'pot', type: 'DISMISS' },
      )
      const unseen = (await listOf('bob', { after: token })).ids
      expect(unseen).toContain('tent')
      for (const seen of ['mat', 'stove', 'pot']) expect(unseen).not.toContain(seen)
      expect((await listOf('bob', { includeSeen: true })).ids).toEqual(expect.arrayContaining(['mat', 'stove', 'pot']))
    })

    test('an undo takes events back, from the list and from the history', async () => {
      await archived('bob', 'b4', 'b3', 'b2', 'b1')
      const { undoEvents } = await ask('mutation { undoEvents(userId: "bob", eventIds: ["b2", "b4"]) { token } }')
      expect((await listOf('bob', { after: undoEvents.token })).ids).toEqual(expect.arrayContaining(['mat', 'pot']))
      await archived('bob', 'b3', 'b1')
    })

    test('what a user does about a list counts for its variant; an id that was made up or is of another user counts nowhere', async () => {
      const rules = `experiment:
  name: spread
  variants:
    - { name: control, share: 0 }
    - { name: wide, share: 1 }`
      await ask('mutation ($source: String!) { putRules(source: $source) { version } }', { source: rules })
      const listOfVariant = async (userId: string): Promise<{ id: string }> => {
        const { token } = await record(userId, { eventId: `${userId}-0`, itemId: 'tent', type: 'VIEW' })
        const list = await listOf(userId, { after: token })
        expect(list.id).toMatch(/\.spread~wide$/)
        return list
      }
      const { id } = await listOfVariant('fay')
      const { id: ofAnother } = await listOfVariant('gil')
      const forged = [
        ofAnother,
        id.replace('wide', 'control'),
        `${'A'.repeat(32)}.spread~wide`,
        '0000000000001.hash.spread~wide',
      ]
      const clicks = [...forged, ofAnother, id].map((recommendationId) => ({
        itemId: 'mat',
        type: 'CLICK',
        recommendationId,
      }))
      await record('fay', ...clicks)
      const order = { itemId: 'mat', type: 'PURCHASE', quantity: 2, unitPrice: 12.5 }
      await record('fay', { ...order, recommendationId: ofAnother }, { ...order, recommendationId: id })
      const figures = 'name users clicks purchases revenue lastTouch { purchases revenue }'
      const query = `{ experiments { name variants { ${figures} } placements { placement } } placements { placement clicks revenue } }`
      // The last order counts, and all others stand before it in the log.
      const { experiments, placements } = await eventually(async () => {
        const answer = await ask(query)
        const counted = answer.experiments[0]?.variants.some(({ revenue }: { revenue: number }) => revenue > 0)
        return counted && answer
      })
      const lastTouch = { purchases: 2, revenue: 50 } // also of the order that names the list of another: it was clicked
      const wide = { name: 'wide', users: 1, clicks: 1, purchases: 1, revenue: 25, lastTouch }
      const lastTouchOfNone = { purchases: 0, revenue: 0 }
      const control = { name: 'control', users: 0, clicks: 0, purchases: 0, revenue: 0, lastTouch: lastTouchOfNone }
      expect(experiments).toEqual([{ name: 'spread', variants: [control, wide], placements: [{ placement: null }] }])
      expect(placements).toEqual([{ placement: null, clicks: 1, revenue: 25 }])
      await ask('mutation { putRules(source: "{}") { version } }')
    })

    test('a batch with one bad element is refused as a whole, named, and nothing of it is recorded', async () => {
      const [end] = await harness.log.endOffsets(topics.interactions)
      const { errors } = await harness.ask(
        'mutation { recordEvents(events: [{ userId: "cleo", itemId: "tent", type: VIEW }, { userId: "cleo", itemId: "tent", type: RATING, value: 9 }]) { token } }',
      )
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
      expect(errors?.[0]?.extensions.issues[0].path).toBe('events[1].value')
      expect(await harness.log.endOffsets(topics.interactions)).toEqual([end])
    })

    test('what the guest did belongs to the user now, and the guest is forgotten', async () => {
      const { token: asGuest } = await record('guest', { eventId: 'g1', itemId: 'lamp', type: 'PURCHASE' })
      await listOf('guest', { after: asGuest })
      const { identify } = await ask('mutation { identify(guestId: "guest", userId: "dan") { token } }')
      expect((await listOf('dan', { after: identify.token })).ids).not.toContain('lamp')
      expect((await listOf('guest', { after: identify.token })).personalized).toBe(false)
      await archived('dan', 'g1')
      await archived('guest')
    })

    test('an erasure takes state, picks and history; its token shows a stranger', async () => {
      const { revision } = await listOf('bob')
      const { forgetUser } = await ask('mutation { forgetUser(userId: "bob") { token } }')
      const stranger = await listOf('bob', { after: forgetUser.token })
      expect(stranger).toMatchObject({ personalized: false })
      expect(stranger.revision >= revision).toBe(true)
      await archived('bob')
      expect((await ask('{ user(id: "bob") { id } }')).user).toBeNull()
    })

    test('a page is sent the picks as they stand, then every newer list, never an older one', async () => {
      const query = 'subscription { recommendationsUpdated(userId: "eve") { revision causedByEventId } }'
      const watcher = harness.watch(query)
      await watcher.message(0)
      for (const n of [1, 2, 3]) {
        const { token } = await record('eve', { eventId: `e${n}`, itemId: items[n]!.id, type: 'VIEW' })
        await listOf('eve', { after: token })
      }
      await eventually(() => watcher.received.at(-1)?.data.recommendationsUpdated.causedByEventId === 'e3')
      const revisions = watcher.received.map(({ data }) => data.recommendationsUpdated.revision)
      expect(revisions).toEqual([...revisions].sort())
      expect(new Set(revisions).size).toBe(revisions.length)
      watcher.stop()
    })

    test('an upsert replaces an item with the defaults of the contract; ids keep their order, null where unknown', async () => {
      const { putItems } = await ask('mutation { putItems(items: [{ id: "mat", title: "Thick mat" }]) { token } }')
      await listOf('ada', { after: putItems.token })
      const fields = 'id title description categories tags price available publishedAt'
      const found = (await ask(`{ items(ids: ["pot", "nothing", "mat"]) { ${fields} } }`)).items
      expect(found.map((item: { id: string } | null) => item?.id)).toEqual(['pot', undefined, 'mat'])
      const nothing = { description: null, price: null, publishedAt: null }
      expect(found[2]).toEqual({ id: 'mat', title: 'Thick mat', categories: [], tags: [], available: true, ...nothing })
    })

    test('an item that is not available, or removed, leaves every list', async () => {
      const change = 'mutation { putItems(items: [{ id: "tent", title: "Tent", available: false }]) { token } }'
      const { putItems } = await ask(change)
      const { removeItems } = await ask('mutation { removeItems(ids: ["stove"]) { accepted token } }')
      expect(removeItems.accepted).toBe(1)
      await listOf('ada', { after: putItems.token })
      const { ids } = await listOf('ada', { after: removeItems.token, includeSeen: true })
      const others = await ask(`{
        trending { item { id } } similarItems(itemId: "mat") { item { id } }
        sessionRecommendations(events: [{ itemId: "pot" }]) { userId picks { item { id } } }
        item(id: "stove") { id }
      }`)
      const text = JSON.stringify([ids, others])
      expect(others.sessionRecommendations.userId).toBeNull()
      expect(others.item).toBeNull()
      expect(ids.length).toBe(3)
      for (const gone of ['tent', 'stove']) expect(text).not.toContain(`"${gone}"`)
    })

    test('what an event says of portion, time, price and place is in the history', async () => {
      const { token } = await record(
        'viewer',
        { eventId: 'd1', itemId: 'tent', type: 'CONSUME', portion: 0.25, seconds: 60 },
        { eventId: 'd2', itemId: 'mat', type: 'PURCHASE', unitPrice: 19.9, position: 3 },
      )
      await listOf('viewer', { after: token })
      await archived('viewer', 'd2', 'd1')
      const fields = 'type position portion seconds unitPrice currency'
      const { user } = await ask(`{ user(id: "viewer") { events { edges { node { ${fields} } } } } }`)
      const none = { position: null, portion: null, seconds: null, unitPrice: null, currency: null }
      expect(user.events.edges.map(({ node }: { node: object }) => node)).toEqual([
        { ...none, type: 'PURCHASE', position: 3, unitPrice: 19.9, currency: 'EUR' },
        { ...none, type: 'CONSUME', portion: 0.25, seconds: 60 },
      ])
    })

    test('an impression counts once per user, list and item', async () => {
      const { token } = await record('reader', { eventId: 'r1', itemId: 'tent', type: 'VIEW' })
      const { id, ids } = await listOf('reader', { after: token })
      const query = `mutation($list: ID!, $items: [ID!]!) {
        recordImpressions(userId: "reader", recommendationId: $list, itemIds: $items) { accepted token }
      }`
      const shown = { list: id, items: ids.slice(0, 2) }
      await ask(query, shown)
      await ask(query, shown)
      const last = await record('reader', { eventId: 'r2', itemId: 'mat', type: 'VIEW' })
      await listOf('reader', { after: last.token })
      const types = async () => {
        const { user } = await ask('{ user(id: "reader") { events { edges { node { type position } } } } }')
        return user.events.edges.map(({ node }: { node: object }) => node)
      }
      await eventually(async () => (await types()).length >= 4)
      expect(await types()).toEqual([
        { type: 'VIEW', position: null },
        { type: 'IMPRESSION', position: 2 },
        { type: 'IMPRESSION', position: 1 },
        { type: 'VIEW', position: null },
      ])
    })

    test('a list holds one variant of a product, and nothing whose time is not now', async () => {
      const shirt = (color: string) => ({
        id: `shirt-${color}`,
        title: 'Shirt',
        groupId: 'shirt',
        attributes: [{ name: 'color', text: color }],
      })
      const put = 'mutation($items: [ItemInput!]!) { putItems(items: $items) { token } }'
      const over = { id: 'over', title: 'Over', availableUntil: '2026-01-01T00:00:00Z' }
      const later = { id: 'later', title: 'Later', availableFrom: '2999-01-01T00:00:00Z' }
      const { putItems } = await ask(put, { items: [shirt('red'), shirt('blue'), over, later] })
      const { ids } = await listOf('shopper', { after: putItems.token })
      expect(ids.filter((id: string) => id.startsWith('shirt'))).toHaveLength(1)
      expect(ids).not.toContain('over')
      expect(ids).not.toContain('later')
      const filtered = await ask(
        '{ recommendations(userId: "shopper", filter: { attributes: [{ name: "color", in: ["red"] }] }) { picks { item { id } } } }',
      )
      expect(filtered.recommendations.picks).toEqual([{ item: { id: 'shirt-red' } }])
      await ask('mutation { removeItems(ids: ["shirt-red", "shirt-blue", "over", "later"]) { accepted } }')
    })

    test('every stage tells how it does', async () => {
      const query =
        '{ pipeline { stages { name lag processedPerSecond p50Ms p99Ms deadLetters } model { version } users items } }'
      // Workers report once a second, and the catalog follows the removal above.
      const pipeline = await eventually(async () => {
        const { pipeline } = await ask(query)
        return pipeline.stages.length >= stageNames.length && pipeline.items === 4 && pipeline
      })
      expect(pipeline.stages.map(({ name: stage }: { name: string }) => stage).sort()).toEqual([...stageNames].sort())
      expect(pipeline).toMatchObject({ model: { version: 0 } })
    })
  })
}
