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

async function archiveAll(...records: HistoryRecord[]): Promise<string[]> {
  const world = aQuietWorld()
  for (const record of records) {
    await world.until(rowWriter(world.store)(archiveEvent(record, { epoch: 0 }).rows ?? []))
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
})
