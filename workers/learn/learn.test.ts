import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reduceRow } from '../../engine/items/row.ts'
import { decodeSideRow, encodeSideRow, type SourcedDelta, type StoredSideRow } from '../../schema/records/item-side.ts'
import { topics } from '../../schema/topics.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { someTime } from '../../test/support/interactions.ts'
import { learnRow, rowEmit } from './learn-row.ts'
import { rowStates } from './row-states.ts'

const aDelta = (partition: number, offset: number, itemId = 'tea'): SourcedDelta => ({
  source: { partition, offset },
  delta: {
    key: `i:${itemId}`,
    timestamp: someTime + offset * 1000,
    weight: 1,
    newUser: 1,
    partners: [`p${offset % 3}`],
    inSession: 1,
  },
})

const me = { writer: 'me' }

/** In batches of these sizes, by default one by one. */
function learnAll(deltas: readonly SourcedDelta[], before?: StoredSideRow, sizes: readonly number[] = []) {
  let row = before
  for (let at = 0, n = 0; at < deltas.length; n++) {
    const size = sizes[n] ?? 1
    row = learnRow(deltas.slice(at, at + size), row, me).state ?? row
    at += size
  }
  return row
}

describe('a row of the item side', () => {
  test('counts every delta once, from any number of partitions, however each of them is given again', () => {
    const anOrder = fc.array(fc.record({ source: fc.nat(2), back: fc.nat(3) }), { maxLength: 60 })
    fc.assert(
      fc.property(anOrder, fc.array(fc.integer({ min: 1, max: 9 })), (order, sizes) => {
        const next = [0, 0, 0]
        const given: SourcedDelta[] = []
        const once: SourcedDelta[] = []
        for (const { source, back } of order) {
          // some of what came before from this source, then one more
          for (let n = Math.max(0, next[source]! - back); n < next[source]!; n++) given.push(aDelta(source, n))
          const fresh = aDelta(source, next[source]!++)
          given.push(fresh)
          once.push(fresh)
        }
        const row = learnAll(given, undefined, sizes)
        expect(row?.row).toEqual(
          once.reduce<StoredSideRow['row'] | undefined>((before, { delta }) => reduceRow(before, [delta]), undefined),
        )
        expect(row?.row.events ?? 0).toBe(once.length)
      }),
    )
  })

  test('is shown again when a delta comes a second time', () => {
    const row = learnAll([aDelta(0, 5)])
    const { state, emits } = learnRow([aDelta(0, 5)], row, me)
    expect(state).toBeUndefined()
    expect(emits).toHaveLength(1)
  })
})

describe('the rows of a partition', () => {
  const append = (world: ReturnType<typeof aQuietWorld>, ...rows: StoredSideRow[]) =>
    world.until(
      world.log.append(
        topics.sideRows,
        rows.map((row) => ({ key: row.row.key, value: encodeSideRow(row) })),
      ),
    )

  test('are read back from the topic they were written to', async () => {
    const world = aQuietWorld()
    const [tea, cup] = [learnAll([aDelta(0, 1), aDelta(1, 7)])!, learnAll([aDelta(0, 2, 'cup')])!]
    await append(world, tea, cup)
    const found = await world.until(rowStates(world.log, 'me')(0).load(['i:tea', 'i:cup', 'i:pot']))
    expect(found).toEqual(
      new Map([tea, cup].map((row) => [row.row.key, decodeSideRow(row.row.key, encodeSideRow(row))])),
    )
  })

  test('are the ones that have seen most, though a former worker wrote an older one behind them', async () => {
    const world = aQuietWorld()
    const older = learnAll([aDelta(0, 1)])!
    const newer = learnAll([aDelta(0, 2), aDelta(1, 0)], older)!
    await append(world, newer, older)
    const found = await world.until(rowStates(world.log, 'me')(0).load(['i:tea']))
    expect(found.get('i:tea')?.sources).toEqual(newer.sources)
  })

  test('are not forgotten when another partition is opened in the middle of a batch', async () => {
    const world = aQuietWorld(2)
    const open = rowStates(world.log, 'me')
    const [mine, other] = [open(0), open(1)]
    await world.until(mine.load(['i:tea']))
    await world.until(other.load(['i:cup']))
    const row = learnAll([aDelta(0, 1)])!
    await world.until(mine.save([{ key: 'i:tea', state: row, position: { partition: 0, offset: 0 } }]))
    await world.until(open(1).load(['i:cup']))
    expect((await world.until(mine.load(['i:tea']))).get('i:tea')).toBe(row)
  })

  test('are put on top again when a former worker writes an old one behind them', async () => {
    const world = aQuietWorld()
    const older = learnAll([aDelta(0, 1)])!
    const newer = learnAll([aDelta(0, 2)], older)!
    await append(world, newer)
    await world.until(rowStates(world.log, 'me')(0).load(['i:tea']))
    await append(world, older)
    await world.rest()
    const last = world.simLog.topic(topics.sideRows).all().at(-1)
    expect(decodeSideRow(last!.key, last!.value!).sources).toEqual(newer.sources)
  })

  test('are put on top again when an append of the same worker that was given up arrives late', async () => {
    const world = aQuietWorld()
    const states = rowStates(world.log, 'me')(0)
    await world.until(states.load(['i:tea']))
    const older = learnAll([aDelta(0, 1)])!
    const newer = learnAll([aDelta(0, 2)], older)!
    await world.until(states.save([{ key: 'i:tea', state: newer, position: { partition: 0, offset: 1 } }]))
    const write = async (row: StoredSideRow) => {
      const { key, value, headers } = rowEmit(row, 'me')
      await world.until(world.log.append(topics.sideRows, [{ key, value: value(), headers }]))
      await world.rest()
    }
    const written = () => world.simLog.topic(topics.sideRows).all()
    await write(newer)
    expect(written()).toHaveLength(1)
    await write(older)
    const last = written().at(-1)!
    expect(decodeSideRow(last.key, last.value!).sources).toEqual(newer.sources)
    expect(written()).toHaveLength(3)
  })

  test('are put on top when they are read back, if an old one stands behind them', async () => {
    const world = aQuietWorld()
    const older = learnAll([aDelta(0, 1)])!
    await append(world, learnAll([aDelta(0, 2)], older)!, older)
    await world.until(rowStates(world.log, 'me')(0).load(['i:tea']))
    const last = world.simLog.topic(topics.sideRows).all().at(-1)
    expect(decodeSideRow(last!.key, last!.value!).sources).toEqual({ 0: 2 })
  })
})
