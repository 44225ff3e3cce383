import { describe, expect, test } from 'vitest'
import { Recommender } from '../../engine/recommender.ts'
import type { ItemMeta } from '../../engine/types.ts'
import { emptyProfile } from '../../engine/user/profile.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { erasedAt, erasureHeaders } from '../../schema/records/headers.ts'
import { decodeList } from '../../schema/records/list.ts'
import type { UserVector } from '../../schema/records/user-vector.ts'
import { anInteraction, EmbedHarness, someTime } from '../../test/support/interactions.ts'
import type { Arrival } from '../runner/stage.ts'
import { computeList, type RecommendContext } from './compute-list.ts'

const anItem = (id: string): ItemMeta => ({
  id,
  title: id,
  description: null,
  categories: ['drinks'],
  tags: [],
  price: null,
  available: true,
  publishedAt: null,
})

const catalog = ['tea', 'cup', 'pot', 'jug', 'jar']

function aContext(fields: Partial<RecommendContext> = {}): RecommendContext {
  const recommender = new Recommender()
  for (const id of catalog) recommender.putItem(anItem(id))
  return { recommender, modelVersion: 3, logTime: 0, storedMax: 20, ...fields }
}

const anArrival = (fields: Partial<Arrival> = {}): Arrival => ({
  key: 'ann',
  position: { partition: 0, offset: 9 },
  appendedAt: 0,
  now: 77,
  value: null,
  headers: {},
  ...fields,
})

const list = (vector: UserVector, context = aContext(), arrival = anArrival()) => {
  const [emit] = computeList(vector, arrival, context).emits ?? []
  return decodeList(emit!.value!())
}

function aVector(...bought: string[]): UserVector {
  const embed = new EmbedHarness()
  const said = embed.feedAll(
    ...bought.map((itemId) => anInteraction({ itemId, type: 'PURCHASE', timestamp: new Date(someTime).toISOString() })),
  )
  const stranger = { position: { partition: 0, offset: 0 }, changed: 0, epoch: 0, causedByEventId: null }
  const nothing = { ...stranger, heldOutItem: null, adopted: [], snapshot: toSnapshot(emptyProfile('ann')) }
  return said.at(-1)?.vectors[0] ?? nothing
}

describe('a list', () => {
  test('is made for the position that the vector has seen, whatever the place of its record', () => {
    const picks = list(aVector('tea', 'cup'))
    expect(picks).toMatchObject({ position: { partition: 0, offset: 1 }, modelVersion: 3, computedAt: 77 })
  })

  test('leaves out what the user has, and keeps it aside for those who ask', () => {
    const picks = list(aVector('tea'))
    expect(picks.unseen.map(({ itemId }) => itemId)).not.toContain('tea')
    expect(picks.seen.map(({ itemId }) => itemId)).toEqual(['tea'])
    expect(picks.unseen).toHaveLength(catalog.length - 1)
  })

  test('says what else the user is done with, turned down or not for sale', () => {
    const vector = aVector('tea', 'gone')
    const snapshot = { ...vector.snapshot, rejected: ['pot'], seen: ['gone', 'pot', 'tea'] }
    const picks = list({ ...vector, snapshot })
    expect(picks.seen.map(({ itemId }) => itemId)).toEqual(['tea'])
    expect(picks.unlisted).toEqual(['pot', 'gone'])
  })

  test('is the same whenever it is computed: no clock but the log decides', () => {
    const vector = aVector('tea')
    const { computedAt: _, ...early } = list(vector, aContext(), anArrival({ now: 1 }))
    const { computedAt: __, ...late } = list(vector, aContext(), anArrival({ now: 1e12 }))
    expect(late).toEqual(early)
  })

  test('ranks at the log’s time: the newest event of the user or of the item side', () => {
    expect(list(aVector('tea'), aContext({ logTime: 5 })).rankedAt).toBe(someTime)
    expect(list(aVector('tea'), aContext({ logTime: someTime + 5 })).rankedAt).toBe(someTime + 5)
  })

  test('is no longer than what is stored', () => {
    expect(list(aVector(), aContext({ storedMax: 2 })).unseen).toHaveLength(2)
  })

  test('of an erased user is taken away, with the place of the erasure', () => {
    const headers = erasureHeaders({ partition: 4, offset: 12 }, 1)
    const [emit] = computeList(null, anArrival({ headers }), aContext()).emits ?? []
    expect(emit!.value).toBeNull()
    expect(erasedAt(emit!.headers ?? {})).toBe(2n ** 48n + 13n)
  })
})
