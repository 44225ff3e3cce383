import { expect, test } from 'vitest'
import { decodeInteraction, encodeInteraction } from '../../schema/records/interaction.ts'
import { decodeItem, encodeItem } from '../../schema/records/item.ts'
import { mediaWorld } from './media.ts'
import { pastTraffic } from './traffic.ts'

const until = Date.UTC(2026, 4, 1, 12)
const world = mediaWorld(1, until)
const past = pastTraffic(world, 1, { until, days: 7, events: 5_000 })

test('the same seed gives the same titles and the same past', () => {
  expect(mediaWorld(1, until).items).toEqual(world.items)
  expect(pastTraffic(mediaWorld(1, until), 1, { until, days: 7, events: 5_000 })).toEqual(past)
  expect(mediaWorld(2, until).items).not.toEqual(world.items)
})

test('600 titles of 12 genres, each of its own id and title, all valid records', () => {
  expect(world.items).toHaveLength(600)
  expect(new Set(world.items.map(({ id }) => id)).size).toBe(600)
  expect(new Set(world.items.map(({ title }) => title)).size).toBe(600)
  expect(new Set(world.items.flatMap(({ categories }) => categories ?? [])).size).toBe(12)
  for (const item of world.items) expect(decodeItem(item.id, encodeItem(item))).toEqual(item)
})

test('viewers finish some titles and leave others: every event is valid', () => {
  for (const event of past) expect(decodeInteraction(event.userId, encodeInteraction(event), until)).toEqual(event)
  const portions = past.flatMap(({ type, portion }) => (type === 'CONSUME' ? [portion!] : []))
  expect(portions.length).toBeGreaterThan(1_000)
  const finished = portions.filter((portion) => portion === 1).length / portions.length
  expect(finished).toBeGreaterThan(0.3)
  expect(finished).toBeLessThan(0.9)
})
