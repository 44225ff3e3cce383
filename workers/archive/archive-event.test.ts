import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHistoryEvent, type HistoryRecord, historySeq } from '../../schema/records/history.ts'
import { tables } from '../../schema/tables.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { someTime } from '../../test/support/interactions.ts'
import { rowWriter } from '../runner/row-writer.ts'
import { archiveEvent } from './archive-event.ts'

const anEvent = (eventId: string) => ({
  eventId,
  itemId: 'tea',
  type: 'VIEW' as const,
  value: null,
  quantity: 1,
  timestamp: someTime,
  recommendationId: null,
})

const archiveAll = (...records: HistoryRecord[]): Promise<string[]> =>
  archiveInEpochs(...records.map((record) => [record, 0] as const))

/** @param records with the epoch that each names */
async function archiveInEpochs(...records: (readonly [HistoryRecord, epoch: number | undefined])[]): Promise<string[]> {
  const world = aQuietWorld()
  const newest = Math.max(...records.map(([, epoch = 0]) => epoch))
  for (const [record, epoch] of records) {
    await world.until(rowWriter(world.store)(archiveEvent(record, epoch, { epoch: newest }).rows ?? []))
  }
  const rows = [...world.simStore.rows(tables.eventsByUser)].sort(([a], [b]) => (a < b ? -1 : 1))
  return rows.map(([, value]) => decodeHistoryEvent(value).eventId)
}

const history: readonly HistoryRecord[] = [
  { kind: 'event', userId: 'ann', offset: 0, event: anEvent('before') },
  { kind: 'forget', userId: 'ann', offset: 1 },
  { kind: 'event', userId: 'ann', offset: 2, event: anEvent('a') },
  { kind: 'adopt', userId: 'ann', offset: 3, events: [anEvent('g1'), anEvent('g2')] },
  { kind: 'event', userId: 'ann', offset: 4, event: anEvent('b') },
  { kind: 'undo', userId: 'ann', offset: 5, offsets: [2, historySeq(3, 1)] },
]

describe('the archive', () => {
  test('holds what counted and was not taken back, in the order of the log', async () => {
    expect(await archiveAll(...history)).toEqual(['g2', 'b'])
  })

  test('ends the same in whatever order and however often its records are given', async () => {
    const shuffled = fc.shuffledSubarray([...history, ...history], { minLength: history.length })
    await fc.assert(
      fc.asyncProperty(shuffled, async (records) => {
        expect(await archiveAll(...records, ...history)).toEqual(['g2', 'b'])
        expect(await archiveAll(...history, ...records)).toEqual(['g2', 'b'])
      }),
      { numRuns: 50 },
    )
  })

  test('has the events of a raised epoch after all earlier ones, and none in the place of another', async () => {
    const at = (offset: number, eventId: string): HistoryRecord => ({
      kind: 'event',
      userId: 'ann',
      offset,
      event: anEvent(eventId),
    })
    const adopted: HistoryRecord = { kind: 'adopt', userId: 'ann', offset: 3, events: [anEvent('g')] }
    const inOrder = [
      [at(900, 'a'), 0],
      [at(2, 'b'), 1],
      [adopted, 1],
      [at(900, 'c'), 1],
      [at(2, 'd'), 300],
    ] as const
    expect(await archiveInEpochs(...inOrder)).toEqual(['a', 'b', 'g', 'c', 'd'])
    expect(await archiveInEpochs(...[...inOrder].reverse())).toEqual(['a', 'b', 'g', 'c', 'd'])
  })

  test('loses an undone event of any epoch, and everything at an erasure, also what is archived late', async () => {
    const event: HistoryRecord = { kind: 'event', userId: 'ann', offset: 7, event: anEvent('a') }
    const undo: HistoryRecord = { kind: 'undo', userId: 'ann', offset: 9, offsets: [7] }
    for (const [first, later] of [
      [0, 1],
      [1, 1],
      [1, 3],
      [280, 300],
      [0, 300],
    ] as const) {
      expect(await archiveInEpochs([event, first], [undo, later])).toEqual([])
    }
    const forget: HistoryRecord = { kind: 'forget', userId: 'ann', offset: 2 }
    expect(await archiveInEpochs([forget, 1], [event, 0])).toEqual([])
    expect(await archiveInEpochs([forget, 1], [event, 1])).toEqual(['a'])
    // A stage of an earlier release wrote the event, in epoch 1.
    expect(await archiveInEpochs([forget, 1], [event, undefined])).toEqual(['a'])
    expect(await archiveInEpochs([event, undefined], [event, undefined], [undo, 1])).toEqual([])
  })
})
