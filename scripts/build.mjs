// Compiles to dist/, and the pages with Vite where they are. Incremental: a second build with nothing changed takes a moment.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['client-examples/storefront', 'console']

/** @returns {boolean} whether everything was built */
export function build() {
  ensureInstalled()
  if (!existsSync(join(root, 'dist/start/main.js'))) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true })
  if (!run(['tsc', '-p', 'tsconfig.build.json'])) return false
  for (const page of pages) {
    if (!existsSync(join(root, page, 'vite.config.ts'))) continue
    const index = join(root, 'dist/pages', page.split('/').at(-1), 'index.html')
    if (existsSync(index) && statSync(index).mtimeMs > newest(join(root, page))) continue
    if (!run(['vite', 'build', page, '--logLevel', 'warn'])) return false
  }
  return true
}

function run([name, ...args]) {
  return spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' }).status === 0
}

function newest(folder) {
  let newestMs = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newestMs = Math.max(newestMs, statSync(join(entry.parentPath, entry.name)).mtimeMs)
  }
  return newestMs
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(build() ? 0 : 1)
