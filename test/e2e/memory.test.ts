import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryOf } from '../../bench/harness/cpu-time.ts'
import { eventually, startProcess } from '../support/start-process.ts'

const startedBytesMax = 200e6

test.runIf(process.platform === 'linux')(
  'just started, without data, the process comes to 200 MB at most',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pickstream-memory-'))
    const started = await startProcess({ PICKSTREAM_DATA_DIR: folder, PICKSTREAM_DEMO: 'off' })
    try {
      const resident = await eventually(async () => {
        const bytes = await memoryOf(started.pid)
        return bytes <= startedBytesMax && bytes
      }, 500)
      expect(resident).toBeGreaterThan(0)
    } finally {
      await started.stop()
      rmSync(folder, { recursive: true })
    }
  },
  60_000,
)
