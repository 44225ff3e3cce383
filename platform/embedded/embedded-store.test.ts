import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { storeContract } from '../ports/store.contract.ts'
import { openEmbedded } from './open-embedded.ts'

const dir = mkdtempSync(join(tmpdir(), 'pickstream-store-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

storeContract('LMDB', async () => {
  const { log, store } = await openEmbedded({ dir, lock: false })
  const close = store.close.bind(store)
  return Object.assign(store, { close: () => close().then(() => log.close()) })
})
