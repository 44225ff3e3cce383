import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Harness } from '../support/server-harness.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const run = promisify(execFile)
const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const venv = pathOf('.cache/rest-python/venv/bin')
const isPrepared = existsSync(join(venv, 'openapi-python-client'))
if (!isPrepared) console.warn('\n  SKIPPED: the generated Python client. Run .ci/rest-python (needs Python 3.10)\n')

describe.skipIf(!isPrepared)('the client that openapi-python-client makes of /v1/openapi.json', () => {
  let harness: Harness
  let folder: string
  beforeAll(async () => {
    harness = await startWholeSystem()
    folder = await mkdtemp(join(tmpdir(), 'pickstream-rest-python-'))
  })
  afterAll(async () => {
    await harness?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  test('is generated without a warning about the document, and shops', async () => {
    const { origin } = new URL(harness.url)
    // Without its last step, which formats the code.
    await writeFile(join(folder, 'config.yml'), 'project_name_override: pickstream-client\npost_hooks: []\n')
    const args = ['generate', '--url', `${origin}/v1/openapi.json`, '--config', 'config.yml', '--meta', 'none']
    const made = await run(join(venv, 'openapi-python-client'), [...args, '--output-path', 'pickstream_client'], {
      cwd: folder,
    })
    expect(made.stdout + made.stderr).not.toMatch(/warning|error|unsupported|invalid/i)
    await cp(pathOf('test/rest-python/shop.py'), join(folder, 'shop.py'))
    const { stdout } = await run(join(venv, 'python'), ['shop.py', origin], { cwd: folder })
    expect(stdout).toBe('done\n')
  })
})
