import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../ports/clock.ts'
import type { EventLog, StoredRecord } from '../ports/event-log.ts'
import type { EmbeddedOptions } from './open-embedded.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'

/** Real pauses, a time of day that the test moves. */
function aClock() {
  let ahead = 0
  return { ...systemClock, now: () => systemClock.now() + ahead, advance: (ms: number) => (ahead += ms) }
}

const quick: Partial<EmbeddedOptions> = {
  maintainEveryMs: 10,
  compaction: { recordsMin: 10, tombstoneGraceMs: 60_000 },
}
const hour = 3_600_000

async function contents(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const all: StoredRecord[] = []
  for (let partition = 0; partition < (await log.partitionCount(topic)); partition++) {
    all.push(...(await log.read(topic, partition, 0, 1_000_000)))
  }
  return all
}
const shown = (records: readonly StoredRecord[]) =>
  records.map(({ key, value }) => `${key}=${value === null ? '' : Buffer.from(value).toString()}`)

describe('compaction', () => {
  test('leaves the newest record of each key, with its offset, time and headers', async () => {
    const { log } = await anEmbedded({ dir: aFolder(), ...quick, compaction: { lagMsMax: 0 } })
    await log.createTopics([{ name: 't', partitions: 2, cleanup: 'compact' }])
    const newest = new Map<string, string>()
    for (let round = 0; round < 20; round++) {
      const positions = await log.append(
        't',
        ['a', 'b', 'c', 'd'].map((key) => ({
          key,
          value: Buffer.from(`${key}${round}`),
          headers: { round: `${round}` },
        })),
      )
      for (const [i, { partition, offset }] of positions.entries()) newest.set('abcd'[i]!, `${partition}/${offset}`)
    }
    await expect.poll(async () => (await contents(log, 't')).length).toBe(4)
    await log.append(
      't',
      Array.from({ length: 10 }, (_, i) => ({ key: `e${i}`, value: null })),
    )
    await expect.poll(async () => (await contents(log, 't')).length).toBe(14)
    const left = (await contents(log, 't')).filter(({ value }) => value !== null)
    expect(new Map(left.map(({ key, partition, offset }) => [key, `${partition}/${offset}`]))).toEqual(newest)
    expect(left.map(({ headers }) => headers)).toEqual(Array(4).fill({ round: '19' }))
    expect((await log.endOffsets('t')).reduce((sum, end) => sum + end)).toBe(90)
  })

  test('drops a tombstone after its grace, and what was overwritten after the lag however little it is', {
    timeout: 120_000,
  }, async () => {
    const clock = aClock()
    const { log } = await anEmbedded({
      dir: aFolder(),
      clock,
      ...quick,
      compaction: { recordsMin: 1000, tombstoneGraceMs: 5 * hour },
    })
    await log.createTopics([{ name: 't', partitions: 1, cleanup: 'compact' }])
    await log.append('t', [
      { key: 'gone', value: Buffer.from('x') },
      { key: 'gone', value: null },
      { key: 'kept', value: Buffer.from('y') },
    ])
    expect(shown(await contents(log, 't'))).toEqual(['gone=x', 'gone=', 'kept=y'])
    clock.advance(2 * hour)
    await expect.poll(async () => shown(await contents(log, 't'))).toEqual(['gone=', 'kept=y'])
    clock.advance(4 * hour)
    await expect.poll(async () => shown(await contents(log, 't'))).toEqual(['kept=y'])
  })

  test('gives followers and groups the same table as no compaction would', async () => {
    const { log } = await anEmbedded({ dir: aFolder(), ...quick, compaction: { recordsMin: 20, keysMax: 7 } })
    const step = fc.record({ key: fc.integer({ min: 0, max: 15 }), value: fc.option(fc.string({ maxLength: 4 })) })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120 }), async (steps) => {
        const topic = `t${run++}`
        await log.createTopics([{ name: topic, partitions: 2, cleanup: 'compact' }])
        const expected = new Map<string, string>()
        const tables = {
          early: new Map<string, string>(),
          late: new Map<string, string>(),
          group: new Map<string, string>(),
        }
        const into = (table: Map<string, string>) => (records: readonly StoredRecord[]) => {
          for (const { key, value } of records) {
            if (value === null) table.delete(key)
            else table.set(key, Buffer.from(value).toString())
          }
        }
        const early = await log.follow({ topic, from: 'beginning' }, into(tables.early))
        const group = await log.consume({ group: topic, topics: [topic], batchRecordsMax: 5 }, async ({ records }) =>
          into(tables.group)(records),
        )
        for (const { key, value } of steps) {
          await log.append(topic, [{ key: `k${key}`, value: value === null ? null : Buffer.from(value) }])
          if (value === null) expected.delete(`k${key}`)
          else expected.set(`k${key}`, value)
        }
        const late = await log.follow({ topic, from: 'beginning' }, into(tables.late))
        await late.caughtUp
        expect(tables.late).toEqual(expected)
        const sentinel = Array.from({ length: 8 }, (_, i) => ({ key: `end${i}`, value: Buffer.from('end') }))
        await log.append(topic, sentinel)
        for (const { key } of sentinel) expected.set(key, 'end')
        await expect.poll(() => tables).toEqual({ early: expected, late: expected, group: expected })
        await Promise.all([early.stop(), late.stop(), group.stop()])
      }),
      { numRuns: 10 },
    )
  })
})

describe('retention', () => {
  test('drops what is older, keeps the offsets, and reading goes on with what is left', {
    timeout: 120_000,
  }, async () => {
    const clock = aClock()
    const { log } = await anEmbedded({ dir: aFolder(), clock, ...quick })
    await log.createTopics([
      { name: 'short', partitions: 1, cleanup: 'delete', retentionMs: hour },
      { name: 'for-ever', partitions: 1, cleanup: 'delete' },
    ])
    const append = (key: string) =>
      Promise.all(['short', 'for-ever'].map((topic) => log.append(topic, [{ key, value: Buffer.from(key) }])))
    for (let i = 0; i < 100; i++) await append(`old${i}`)
    clock.advance(2 * hour)
    await append('new')
    await expect.poll(async () => shown(await contents(log, 'short'))).toEqual(['new=new'])
    expect((await contents(log, 'short'))[0]!.offset).toBe(100)
    expect(await log.endOffsets('short')).toEqual([101])
    expect(await contents(log, 'for-ever')).toHaveLength(101)
    const seen: string[] = []
    await log.consume({ group: 'g', topics: ['short'] }, async ({ records }) => void seen.push(...shown(records)))
    await expect.poll(() => seen).toEqual(['new=new'])
  })
})
