import { expect, test } from 'vitest'
import { decodeInteraction, encodeInteraction } from '../../schema/records/interaction.ts'
import { decodeItem, encodeItem } from '../../schema/records/item.ts'
import { generateShop } from './shop.ts'
import { generateShoppers, shopperCount, shopWorld } from './shoppers.ts'
import { liveTraffic, pastTraffic } from './traffic.ts'

const until = Date.UTC(2025, 4, 1, 12)
const aDemo = (seed = 1) => {
  const shop = generateShop(seed, until)
  const shoppers = generateShoppers(shop, seed)
  return { shop, shoppers, past: pastTraffic(shopWorld(seed, until), seed, { until, days: 7, events: 20_000 }) }
}
const { shop, shoppers, past } = aDemo()
const wareOf = new Map(shop.items.map((ware) => [ware.record.id, ware]))

test('the same seed gives the same shop and the same past, another seed another', () => {
  const again = aDemo()
  expect(again.shop.items).toEqual(shop.items)
  expect(again.past).toEqual(past)
  expect(aDemo(2).past).not.toEqual(past)
})

test('about 1,000 items of 12 departments, each of its own id and title, all valid records', () => {
  expect(shop.items.length).toBeGreaterThan(950)
  expect(shop.items.length).toBeLessThan(1100)
  expect(new Set(shop.items.map(({ department }) => department)).size).toBe(12)
  expect(wareOf.size).toBe(shop.items.length)
  expect(new Set(shop.items.map(({ record }) => record.title)).size).toBe(shop.items.length)
  for (const { record } of shop.items) expect(decodeItem(record.id, encodeItem(record))).toEqual(record)
})

test('every kind that something goes with is sold', () => {
  for (const partners of shop.goesWith.values()) for (const name of partners) expect(shop.ofKind.has(name)).toBe(true)
})

test('the past is in the order of time, before the opening, valid, and each event has its own id', () => {
  expect(past.length).toBeGreaterThanOrEqual(20_000)
  expect(new Set(past.map(({ eventId }) => eventId)).size).toBe(past.length)
  expect(new Set(past.map(({ userId }) => userId)).size).toBe(shopperCount)
  let before = until - 7 * 86_400_000
  for (const event of past) {
    const at = Date.parse(event.timestamp)
    expect(at).toBeGreaterThanOrEqual(before)
    before = at
    expect(wareOf.has(event.itemId)).toBe(true)
    expect(decodeInteraction(event.userId, encodeInteraction(event), until)).toEqual(event)
  }
  expect(before).toBeLessThanOrEqual(until)
})

test('shoppers stay with their departments, and buy together what goes together', () => {
  const favourites = new Map(shoppers.map((shopper) => [shopper.userId, shopper.departments]))
  const views = past.filter(({ type }) => type === 'VIEW')
  const atHome = views.filter(({ userId, itemId }) => favourites.get(userId)!.has(wareOf.get(itemId)!.department))
  expect(atHome.length / views.length).toBeGreaterThan(0.8)

  const bought = (kind: string) =>
    new Set(past.filter((e) => e.type === 'PURCHASE' && wareOf.get(e.itemId)!.kind === kind).map((e) => e.userId))
  const tents = bought('Tent')
  const share = (kind: string) => [...bought(kind)].filter((userId) => tents.has(userId)).length / tents.size
  expect(share('Sleeping Bag')).toBeGreaterThan(share('Teapot'))
})

test('the trickle never ends and has the ids and times it is given', () => {
  const next = liveTraffic(shopWorld(1, until), 5)
  for (let n = 0; n < 5000; n++) {
    const event = next(`live-${n}`, until + n)
    expect(event).toMatchObject({ eventId: `live-${n}`, timestamp: new Date(until + n).toISOString() })
  }
})
