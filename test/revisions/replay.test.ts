import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { replaysAreNewer } from './replay.contract.ts'

const dir = await mkdtemp(join(tmpdir(), 'pickstream-replay-'))
afterAll(() => rm(dir, { recursive: true }))

replaysAreNewer('the embedded platform', () => openEmbedded({ dir }))
