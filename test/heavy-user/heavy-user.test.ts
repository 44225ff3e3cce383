import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { seenIdsMax } from '../../engine/user/seen.ts'
import { programArguments } from '../../platform/embedded/programs.ts'
import { aFolder, anEmbedded } from '../../platform/embedded/testing/programs.ts'
import { topics } from '../../schema/topics.ts'
import { olderBucketsMax } from '../../workers/embed/event-ids.ts'
import { userStates } from '../../workers/embed/user-states.ts'

const events = 40_000
const heapMegabytes = 160

/** Runs the embed stage in a process of its own until so many events are done, and kills it. */
async function embedUntil(dir: string, done: number): Promise<void> {
  const program = programArguments('embed-events', import.meta.url, [dir, String(events)])
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.startsWith('failed')) reject(new Error(line))
      if (Number(line.split(' ')[1]) >= done) resolve()
    })
    void exited.then((code) => reject(new Error(`ended with ${code} after ${lines.join(', ') || 'no batch'}`)))
  })
  child.kill('SIGKILL')
  await exited
}

test('one user with 40,000 purchases of invented items is embedded in a small heap, also after a kill', {
  timeout: 240_000,
}, async () => {
  const dir = aFolder()
  await embedUntil(dir, 1)
  await embedUntil(dir, events)
  const { log, store } = await anEmbedded({ dir })
  const state = (await userStates(store, 0)(0).load(['ann'])).get('ann')!
  expect(state.profile.events).toBe(events)
  expect(state.profile.seen.ids.length).toBeLessThanOrEqual(seenIdsMax)
  expect(state.profile.seen.ids).toContain(`invented-item-${events - 1}`)
  expect(state.olderIds).toHaveLength(olderBucketsMax)
  expect(await log.read(topics.deadLetter, 0, 0, 1)).toEqual([])
})
