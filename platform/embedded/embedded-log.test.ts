import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { eventLogContract } from '../ports/event-log.contract.ts'
import { type Embedded, type EmbeddedOptions, openEmbedded } from './open-embedded.ts'

const dirs = [0, 1, 2].map(() => mkdtempSync(join(tmpdir(), 'pickstream-log-')))
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
})

async function open(options: Partial<EmbeddedOptions> & { dir: string }) {
  const embedded = await openEmbedded({ lock: false, ...options })
  const { log, store } = embedded
  const close = log.close.bind(log)
  Object.assign(log, { close: () => close().then(() => store.close()) })
  return embedded
}

eventLogContract('LMDB', async () => (await open({ dir: dirs[0]! })).log)

let first: Promise<Embedded> | undefined
eventLogContract('LMDB, all through the writer of the first', async () => {
  const dir = dirs[1]!
  if (first === undefined) {
    first = open({ dir })
    return (await first).log
  }
  return (await open({ dir, writer: (await first).connectWriter() })).log
})

test('a follower that fails is reported, and its records are given again', async () => {
  const failure = new Error('a fault in the follower')
  const reported: unknown[] = []
  const { log } = await open({ dir: dirs[2]!, onError: (error) => reported.push(error) })
  await log.createTopics([{ name: 'followed', partitions: 1, cleanup: 'delete' }])
  await log.append('followed', [{ key: 'a', value: Buffer.from('1') }])
  let calls = 0
  const following = await log.follow({ topic: 'followed', from: 'beginning' }, async () => {
    if (++calls < 3) throw failure
  })
  await following.caughtUp
  await following.stop()
  await log.close()
  expect(reported).toEqual([failure, failure])
})
