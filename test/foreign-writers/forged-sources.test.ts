import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { topicSpecs } from '../../schema/topics.ts'
import { startWholeSystem } from '../support/whole-system.ts'
import { checkForgedSources } from './forged-sources.ts'

const partitions = 4

test('embedded log: a source that no stage signed counts for nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-forged-'))
  const { log, store } = await openEmbedded({ dir })
  await log.createTopics(topicSpecs(partitions))
  const shop = await startWholeSystem({ platform: { log, store } })
  onTestFinished(async () => {
    await shop.close()
    await rm(dir, { recursive: true, force: true })
  })
  await checkForgedSources(shop, partitions)
})
