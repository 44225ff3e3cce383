import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { seenIdsMax } from '../../engine/user/seen.ts'
import { programArguments } from '../../platform/embedded/programs.ts'
import { aFolder, anEmbedded } from '../../platform/embedded/testing/programs.ts'
import type { Store } from '../../platform/ports/store.ts'
import { topics } from '../../schema/topics.ts'
import { olderBucketsMax } from '../../workers/embed/event-ids.ts'
import { userStates } from '../../workers/embed/user-states.ts'
import { batchAttemptsMax, fatalReason, recordAttemptsMax } from '../../workers/runner/attempts.ts'

const heapMegabytes = 160

/** Runs the embed stage in a process of its own until so many events are done, and kills it. */
async function embedUntil(done: number, dir: string, events: number, fatalItem: string[] = []): Promise<void> {
  const program = programArguments('embed-events', import.meta.url, [dir, String(events), ...fatalItem])
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(`${signal ?? code}`)))
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.startsWith('failed')) reject(new Error(line))
      if (Number(line.split(' ')[1]) >= done) resolve()
    })
    void exited.then((how) => reject(new Error(`ended by ${how} after ${lines.join(', ') || 'no batch'}`)))
  })
  child.kill('SIGKILL')
  await exited
}

async function stateOfAnn(store: Store) {
  return (await userStates({ store, epoch: 0 })(0).load(['ann'])).get('ann')!
}

test('one user with 40,000 purchases of invented items is embedded in a small heap, also after a kill', {
  timeout: 240_000,
}, async () => {
  const dir = aFolder()
  const events = 40_000
  await embedUntil(1, dir, events)
  await embedUntil(events, dir, events)
  const { log, store } = await anEmbedded({ dir })
  const state = await stateOfAnn(store)
  expect(state.profile.events).toBe(events)
  expect(state.profile.seen.ids.length).toBeLessThanOrEqual(seenIdsMax)
  expect(state.profile.seen.ids).toContain(`invented-item-${events - 1}`)
  expect(state.olderIds).toHaveLength(olderBucketsMax)
  expect(await log.read(topics.deadLetter, 0, 0, 1)).toEqual([])
})

test('a record that ends the process each time becomes a dead letter, and all others count once', {
  timeout: 240_000,
}, async () => {
  const dir = aFolder()
  const events = 1000
  const starts = batchAttemptsMax + recordAttemptsMax
  for (let start = 0; start < starts; start++) {
    await expect(embedUntil(events, dir, events, ['invented-item-70'])).rejects.toThrow(
      'ended by SIGKILL after no batch',
    )
  }
  await embedUntil(events, dir, events, ['invented-item-70'])
  const { log, store } = await anEmbedded({ dir })
  expect((await stateOfAnn(store)).profile.events).toBe(events - 1)
  const dead = await log.read(topics.deadLetter, 0, 0, 10)
  expect(dead.map(({ headers }) => [headers['dead-offset'], headers['dead-reason']])).toEqual([['70', fatalReason]])
})
