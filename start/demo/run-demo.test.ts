import { expect, test } from 'vitest'
import { aFolder, anEmbedded } from '../../platform/embedded/testing/programs.ts'
import { silentLogger } from '../../platform/logger.ts'
import { type Clock, systemClock } from '../../platform/ports/clock.ts'
import { type DemoControl, demoControlDefault, demoControlKey, encodeDemoControl } from '../../schema/records/demo.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { startDemo } from './run-demo.ts'

test('while the shoppers are paused no event of their past is written either', async () => {
  const { log } = await anEmbedded({ dir: aFolder() })
  await log.createTopics(topicSpecs(1))
  const control = (change: Partial<DemoControl>) =>
    log.append(topics.demoControl, [
      { key: demoControlKey, value: encodeDemoControl({ ...demoControlDefault, ...change }) },
    ])
  let sleeps = 0
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) => {
      sleeps++
      return systemClock.sleep(ms, signal)
    },
  }
  const written = async () => (await log.endOffsets(topics.interactions))[0]

  await control({ paused: true })
  const demo = await startDemo({ log, clock, logger: silentLogger, name: 'shop' })
  await expect.poll(() => sleeps).toBeGreaterThan(2) // the catalog is written, and the past waits
  expect((await log.endOffsets(topics.items))[0]).toBeGreaterThan(900)
  expect(await written()).toBe(0)

  await control({ paused: false })
  await expect.poll(written).toBe(100)
  await demo.stop()
})
