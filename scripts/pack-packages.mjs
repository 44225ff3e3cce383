// Builds packages/ and packs each as `npm publish` would, to dist/packages.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildPackages } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

ensureInstalled()
if (!buildPackages()) process.exit(1)
mkdirSync(`${root}dist/packages`, { recursive: true })
const { status } = spawnSync(
  'npm',
  ['pack', '--workspaces', '--pack-destination', 'dist/packages', '--loglevel', 'error'],
  { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' },
)
process.exit(status ?? 1)
