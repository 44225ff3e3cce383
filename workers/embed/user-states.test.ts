import { describe, expect, test } from 'vitest'
import type { Store } from '../../platform/ports/store.ts'
import { encodeUserState, userStateBytes } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { aForget, anInteraction, EmbedHarness } from '../../test/support/interactions.ts'
import { rowWriter } from '../runner/row-writer.ts'
import { UserStateCache } from './user-state-cache.ts'
import { userStates } from './user-states.ts'

const at = (offset: number) => ({ partition: 0, offset })

/** A user with `events` behind, whose state is stored. */
async function aStoredUser(events: number) {
  const world = aQuietWorld()
  const embed = new EmbedHarness()
  for (let n = 0; n < events; n++) embed.feed(anInteraction())
  const open = userStates({ store: world.store, epoch: 0 })
  const save = (states = open(0)) =>
    world.until(states.save([{ key: 'ann', state: embed.state(), position: embed.state().position }]))
  await save()
  const load = async () => (await world.until(open(0).load(['ann']))).get('ann')
  return { world, embed, save, load, open }
}

describe('the states of users', () => {
  test('are read back as they were stored, sealed event ids too', async () => {
    const { embed, load } = await aStoredUser(700)
    expect(embed.state().olderIds.length).toBeGreaterThan(3)
    expect(await load()).toEqual(embed.state())
  })

  test('write a sealed bucket of event ids once', async () => {
    const { world, embed } = await aStoredUser(383)
    const buckets: string[] = []
    const store: Store = {
      ...world.store,
      put: (table, rows) => {
        if (table === tables.eventIds) buckets.push(...rows.map(({ cluster = '' }) => cluster))
        return world.store.put(table, rows)
      },
    }
    const states = userStates({ store, epoch: 0 })(0)
    await world.until(states.load(['ann']))
    for (let n = 0; n < 130; n++) {
      embed.feed(anInteraction())
      await world.until(states.save([{ key: 'ann', state: embed.state(), position: at(embed.offset) }]))
    }
    expect(buckets).toEqual(['000001', '000002']) // the first was sealed and stored before
  })

  test('lose the buckets of event ids that fell out, after the state was stored', async () => {
    const { world, embed, open } = await aStoredUser(300)
    const { olderIds, ...state } = embed.state()
    const bucket = olderIds[0]!
    const states = open(0)
    const olderBuckets = (from: number) => Array.from({ length: 4 }, (_, n) => bucket.map((byte) => byte ^ (from + n)))
    const stored = async (from: number, offset: number) => {
      const next = {
        ...state,
        olderIds: olderBuckets(from),
        ...(from > 0 && { olderDropped: from }),
        position: at(offset),
      }
      await world.until(states.save([{ key: 'ann', state: next, position: next.position }]))
      expect((await world.until(open(0).load(['ann']))).get('ann')).toEqual(next)
      const rows = await world.until(world.store.range(tables.eventIds, 'ann', { limit: 100 }))
      return rows.map(({ cluster }) => cluster)
    }
    expect(await stored(0, 400)).toEqual(['000000', '000001', '000002', '000003'])
    expect(await stored(2, 401)).toEqual(['000002', '000003', '000004', '000005'])
    expect(await stored(0, 402)).toEqual(['000000', '000001', '000002', '000003', '000004', '000005'])
  })

  test.each([
    { what: 'decoded, with event ids in buckets', events: 300, bytesMax: { decoded: 2, encoded: 9 }, kept: 2 },
    { what: 'decoded and encoded', events: 100, bytesMax: { decoded: 1, encoded: 2 }, kept: 2 },
    { what: 'encoded', events: 100, bytesMax: { decoded: 0, encoded: 1 }, kept: 1 },
    { what: 'decoded', events: 100, bytesMax: { decoded: 2, encoded: 0 }, kept: 2 },
  ])('stay in memory $what, within a number of bytes', async ({ events, bytesMax, kept }) => {
    const { world, embed } = await aStoredUser(events)
    let reads = 0
    const store: Store = {
      ...world.store,
      get: (table, keys) => {
        if (table === tables.userStates) reads += keys.length
        return world.store.get(table, keys)
      },
    }
    const decoded = userStateBytes(embed.state()) * bytesMax.decoded + 1
    const encoded = (encodeUserState(embed.state()).length + 300) * bytesMax.encoded + 1
    const states = userStates({ store, epoch: 0, cache: new UserStateCache({ decoded, encoded }) })(0)
    const users = ['ann', 'bob', 'cai']
    await world.until(
      states.save(users.map((key) => ({ key, state: embed.state(), position: embed.state().position }))),
    )
    for (const key of users.slice(-kept).reverse()) {
      const found = await world.until(states.load([key]))
      expect(found.get(key)).toEqual(embed.state())
    }
    expect(reads).toBe(0)
    await world.until(states.load(['ann']))
    expect(reads).toBe(1)
  })

  test('opened anew see what another worker has stored meanwhile', async () => {
    const { world, embed, open } = await aStoredUser(3)
    const mine = open(0)
    await world.until(mine.load(['ann']))
    embed.feed(anInteraction())
    await world.until(
      userStates({ store: world.store, epoch: 0 })(0).save([{ key: 'ann', state: embed.state(), position: at(3) }]),
    )
    const again = await world.until(open(0).load(['ann']))
    expect(again.get('ann')?.position.offset).toBe(3)
  })

  test('of a late worker never show over newer ones', async () => {
    const { world, embed, load } = await aStoredUser(3)
    const late = embed.state()
    embed.feed(anInteraction())
    const { store } = world
    const save = (state = embed.state()) =>
      world.until(userStates({ store, epoch: 0 })(0).save([{ key: 'ann', state, position: state.position }]))
    await save()
    await save(late)
    expect((await load())?.position.offset).toBe(3)
  })

  test('say of an erased user only where it happened', async () => {
    const { world, embed, save, load } = await aStoredUser(300)
    const { outcome } = embed.feed(aForget())
    await world.until(rowWriter(world.store)(outcome.rows ?? []))
    await save()
    expect(world.simStore.rows(tables.userStates).size).toBe(0)
    expect(world.simStore.rows(tables.eventIds).size).toBe(0)
    expect([...world.simStore.rows(tables.erasures).keys()].join()).not.toContain('ann')
    expect(await load()).toEqual(embed.state())
  })

  test('take a user whose erasure was cut off for erased', async () => {
    const { world, embed, load } = await aStoredUser(300)
    const { outcome } = embed.feed(aForget())
    await world.until(rowWriter(world.store)(outcome.rows ?? [])) // and then the worker dies
    expect(world.simStore.rows(tables.userStates).size).toBe(1)
    expect(await load()).toEqual(embed.state())
  })

  test('are not made up where event ids are missing without an erasure', async () => {
    const { world, load } = await aStoredUser(300)
    await world.until(world.store.erase(tables.eventIds, 'ann', 10_000n))
    await expect(load()).rejects.toThrow('event_ids: buckets of "ann" are missing')
  })
})

describe('a state beyond the end of topic interactions', () => {
  test('stops the stage: new records would be skipped as records that it contains', async () => {
    const { world, embed } = await aStoredUser(5)
    const load = (end: number, epoch = 0, partition = 0) =>
      world.until(userStates({ store: world.store, epoch, endOffset: async () => end })(partition).load(['ann']))
    await expect(load(4)).rejects.toThrow(
      'topic interactions/0 ends at 4, and the state of a user of epoch 0 was made at 4: the topic was recreated or truncated; stop all processes, raise PICKSTREAM_EPOCH by one',
    )
    expect((await load(5)).get('ann')).toEqual(embed.state())
    expect((await load(0, 1)).get('ann')).toEqual(embed.state()) // the epoch has been raised
    expect((await load(0, 0, 1)).get('ann')).toEqual(embed.state()) // made in another partition
  })

  test('is asked about only where its position is beyond the end that is known', async () => {
    const { world } = await aStoredUser(5)
    let asked = 0
    const endOffset = async () => {
      asked++
      return 100
    }
    const states = userStates({ store: world.store, epoch: 0, endOffset })(0)
    await world.until(states.load(['ann']))
    await world.until(states.load(['ann', 'bob']))
    expect(asked).toBe(1)
  })
})
