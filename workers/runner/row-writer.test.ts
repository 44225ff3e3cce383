import { expect, test } from 'vitest'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { aFolder } from '../../platform/embedded/testing/programs.ts'
import { tables } from '../../schema/tables.ts'
import { rowWriter } from './row-writer.ts'

test('of several writes of a row the newest stays, and ids that look alike are rows of their own', async () => {
  const { log, store } = await openEmbedded({ dir: aFolder() })
  await store.migrate()
  const table = tables.eventsByUser
  const row = (partition: string, cluster: string, text: string, writeTimestamp = 1n) => ({
    table,
    partition,
    cluster,
    value: Buffer.from(text),
    writeTimestamp,
  })
  await rowWriter(store)([
    row('ann', 'e', 'newest', 3n),
    row('ann', 'e', 'older', 2n),
    row('ann\0e', '1', 'of ann\\0e'),
    row('ann', 'e\0' + '1', 'of ann'),
    row('ann1', '0', 'of ann1'),
    row('ann', '10', 'of ann again'),
  ])
  const textsOf = async (partition: string) => {
    const rows = await store.range(table, partition, { limit: 10 })
    return rows.map(({ value }) => Buffer.from(value).toString()).sort()
  }
  expect(await textsOf('ann')).toEqual(['newest', 'of ann', 'of ann again'])
  expect(await textsOf('ann\0e')).toEqual(['of ann\\0e'])
  expect(await textsOf('ann1')).toEqual(['of ann1'])
  await log.close()
  await store.close()
})
