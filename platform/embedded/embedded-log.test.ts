import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { eventLogContract } from '../ports/event-log.contract.ts'
import { openEmbedded } from './open-embedded.ts'

const dir = mkdtempSync(join(tmpdir(), 'pickstream-log-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

eventLogContract('LMDB', async () => {
  const { log, store } = await openEmbedded({ dir, lock: false })
  const close = log.close.bind(log)
  return Object.assign(log, { close: () => close().then(() => store.close()) })
})
