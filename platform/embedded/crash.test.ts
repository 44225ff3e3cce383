import { describe, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { aFolder, anEmbedded, startProgram } from './testing/programs.ts'

describe('kill -9 in the middle of writing', () => {
  test('loses nothing that was acknowledged, time after time', async () => {
    const dir = aFolder()
    const acknowledged = new Map<number, { partition: number; offset: number }>()
    for (let life = 0; life < 3; life++) {
      const writer = startProgram('write-until-killed', dir, String(life * 1_000_000))
      await writer.printed(`done ${life * 1_000_000 + 400 + life * 37} `)
      await writer.kill()
      for (const line of writer.lines) {
        const [, number, partition, offset] = line.split(' ').map(Number)
        // The very last line may have been cut off by the kill.
        if (line.startsWith('done ') && offset !== undefined)
          acknowledged.set(number!, { partition: partition!, offset })
      }
    }
    expect(acknowledged.size).toBeGreaterThan(1200)

    const { log, store } = await anEmbedded({ dir })
    const rows = await store.get(
      tables.userStates,
      [...acknowledged.keys()].map((number) => ({ partition: `row-${number}` })),
    )
    expect(rows.filter((row) => row === undefined)).toHaveLength(0)
    const missing: number[] = []
    for (const [number, { partition, offset }] of acknowledged) {
      const [record] = await log.read('numbers', partition, offset, 1)
      if (record?.offset !== offset || Buffer.from(record.value!).toString() !== `${number}`.repeat(20))
        missing.push(number)
    }
    expect(missing).toEqual([])
  })
})

describe('a member of a group that dies', () => {
  test('leaves its partitions to the others at once when its process is killed', async () => {
    const dir = aFolder()
    const { log } = await anEmbedded({ dir, heartbeatMs: 50, leaseMs: 60_000 })
    await log.createTopics([{ name: 'work', partitions: 4, cleanup: 'delete' }])
    const foreign = startProgram('consume-group', dir, 'g', '60000')
    await foreign.printed('joined')
    const append = async (what: string) =>
      log.append(
        'work',
        Array.from({ length: 40 }, (_, i) => ({ key: `key-${i}`, value: Buffer.from(what) })),
      )
    await append('first')
    await foreign.printed('read 3 first')

    const mine = new Set<string>()
    const consumption = await log.consume({ group: 'g', topics: ['work'] }, async ({ partition, records }) => {
      for (const { value } of records) mine.add(`${partition} ${Buffer.from(value!).toString()}`)
    })
    await append('second')
    await foreign.kill()
    await append('third')
    await expect.poll(() => [...mine].filter((each) => each.endsWith('third')).length).toBe(4)
    await consumption.stop()
  })
})
