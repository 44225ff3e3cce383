import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { aFolder } from '../../platform/embedded/testing/programs.ts'
import { topics } from '../../schema/topics.ts'
import { eventually } from '../support/start-process.ts'
import {
  answersAbout,
  forget,
  live,
  mark,
  openShop,
  placesOf,
  placesOfVisitor,
  recordsWithMark,
  untilRetention,
} from './user-lifecycle.ts'

test('after an erasure the user is in no table, topic, log, metric or answer but where docs/security.md says', {
  timeout: 120_000,
}, async () => {
  const dir = aFolder()
  const copy = aFolder()
  const compaction = { recordsMin: 1, lagMsMax: 0, tombstoneGraceMs: 1_000 }
  const embedded = await openEmbedded({ dir, compaction, graceMs: 0, maintainEveryMs: 50 })
  const { log, store } = embedded
  const shop = await openShop(embedded)
  await live(shop.harness)
  expect(await placesOf(embedded)).toEqual(placesOfVisitor)

  await forget(shop.harness)
  await eventually(async () => (await placesOf({ log, store })).length === untilRetention.length)
  expect(await placesOf({ log, store })).toEqual(untilRetention)
  expect(await answersAbout(shop.harness)).not.toContain(mark)
  expect(shop.logged().length).toBeGreaterThan(1_000)
  expect(shop.logged()).not.toContain(mark)

  // The bytes of the folder, without the room that is free inside: what is there belongs to records of those topics.
  const kept = [topics.history, topics.outcomes, topics.interactions, topics.backfill, topics.deadLetter]
  const known = (await Promise.all(kept.map((topic) => recordsWithMark(log, topic)))).flat()
  const inRecords = known.reduce(
    (sum, record) => sum + marksIn(JSON.stringify([record.key, record.headers])) + marksIn(record.value ?? ''),
    0,
  )
  await eventually(async () => {
    await embedded.backup(join(copy, String(copies++)))
    return marksIn(readFileSync(join(copy, String(copies - 1), 'data.mdb'))) <= inRecords
  }, 500)
  await shop.close()
})

let copies = 0

function marksIn(bytes: Uint8Array | string): number {
  const buffer = Buffer.from(bytes)
  let found = 0
  for (let at = buffer.indexOf(mark); at !== -1; at = buffer.indexOf(mark, at + 1)) found++
  return found
}
