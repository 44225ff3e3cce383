import type { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type { EventLog } from '../ports/event-log.ts'
import { openEmbedded } from './open-embedded.ts'
import { aFolder, anEmbedded, startThread } from './testing/programs.ts'

describe('two threads on one folder', () => {
  test('share a group, and wake each other without polling', async () => {
    const dir = aFolder()
    const { log } = await anEmbedded({ dir })
    await log.createTopics([{ name: 'work', partitions: 1, cleanup: 'delete' }])
    // Its poll would come too late for the test: only being woken can make it pass.
    const thread = startThread('consume-group', { dir, group: 'g', leaseMs: 60_000, pollMs: 1_000_000 })
    await told(thread, 'joined')
    for (let i = 0; i < 20; i++) {
      const read = told(thread, `read 0 ${i}`)
      await log.append('work', [{ key: 'k', value: Buffer.from(`${i}`) }])
      await read
    }
  })

  test('may share one writer, and the one that is left goes on with its own', async () => {
    const dir = aFolder()
    const first = await openEmbedded({ dir })
    const second = await anEmbedded({ dir, lock: false, writer: first.connectWriter() })
    await first.log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
    const append = (log: EventLog) => log.append('t', [{ key: 'k', value: null }])
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(i % 2 === 0 ? first.log : second.log)))
    let closed = false
    const closing = first.close().then(() => {
      closed = true
    })
    let appended = 50
    // Also what is sent while the writer closes is written, once.
    for (; !closed || appended < 55; appended++) await append(second.log)
    await closing
    expect(await second.log.endOffsets('t')).toEqual([appended])
  })

  test('a thread that was ended leaves its partitions when its lease is over', async () => {
    const dir = aFolder()
    const { log } = await anEmbedded({ dir, heartbeatMs: 50, leaseMs: 500 })
    await log.createTopics([{ name: 'work', partitions: 2, cleanup: 'delete' }])
    const thread = startThread('consume-group', { dir, group: 'g', leaseMs: 500 })
    await told(thread, 'joined')
    const read = told(thread, 'read 0 before')
    await log.append('work', aRecordEach('before'))
    await read
    await thread.terminate()
    const mine = new Set<string>()
    await log.consume({ group: 'g', topics: ['work'] }, async ({ partition, records }) => {
      for (const { value } of records) mine.add(`${partition} ${Buffer.from(value!).toString()}`)
    })
    await log.append('work', aRecordEach('after'))
    await expect.poll(() => mine.has('0 after') && mine.has('1 after')).toBe(true)
  })
})

const aRecordEach = (value: string) =>
  Array.from({ length: 20 }, (_, i) => ({ key: `key-${i}`, value: Buffer.from(value) }))

function told(thread: Worker, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (message: unknown) => {
      if (message !== line) return
      thread.off('message', look).off('error', reject)
      resolve()
    }
    thread.on('message', look).once('error', reject)
  })
}
