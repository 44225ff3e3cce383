// Compiles to dist/, and the pages with Vite in their folders. Parts without changes are not built again.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** In the order in which they import each other. */
const packages = ['client', 'react', 'element']
const pages = ['client-examples/storefront', 'console', 'explorer']
const code = [
  'bench',
  'client-examples',
  'engine',
  'platform',
  'schema',
  'scripts',
  'server',
  'start',
  'test',
  'tools',
  'workers',
]
const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']

/** @returns {boolean} whether everything was built */
export function build() {
  ensureInstalled()
  if (!buildPackages() || !compile()) return false
  const sources = packages.map(sourceOf).filter((source) => existsSync(join(root, source)))
  for (const page of pages) {
    if (!existsSync(join(root, page, 'vite.config.ts'))) continue
    const index = join(root, 'dist/pages', page.split('/').at(-1), 'index.html')
    if (existsSync(index) && statSync(index).mtimeMs > newest([page, ...sources])) continue
    if (!run(['vite', 'build', page, '--logLevel', 'warn'])) return false
  }
  return true
}

/** Compiles packages/ to the dist folder of each. @returns {boolean} whether all were built */
export function buildPackages() {
  for (const [n, name] of packages.entries()) {
    const folder = `packages/${name}`
    if (!existsSync(join(root, folder))) continue
    const entry = join(root, folder, 'dist/index.js')
    const inputs = packages.slice(0, n + 1).map(sourceOf)
    const config = [`${folder}/package.json`, `${folder}/tsconfig.build.json`, 'packages/tsconfig.base.json']
    if (existsSync(entry) && statSync(entry).mtimeMs > newest([...inputs, ...config])) continue
    rmSync(join(root, folder, 'dist'), { recursive: true, force: true })
    if (!run(['tsc', '-p', `${folder}/tsconfig.build.json`])) return false
  }
  return true
}

const sourceOf = (name) => `packages/${name}/src`

function compile() {
  const stamp = join(root, 'dist/.compiled')
  const begun = new Date()
  const whole = existsSync(join(root, 'dist/start/main.js'))
  if (whole && existsSync(stamp) && statSync(stamp).mtimeMs > newest([...code, ...settings])) return true
  if (!whole) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true })
  if (!run(['tsc', '-p', 'tsconfig.build.json'])) return false
  writeFileSync(stamp, '')
  utimesSync(stamp, begun, begun) // a change made while it compiled is newer
  return true
}

function run([name, ...args]) {
  return spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' }).status === 0
}

/** Time of the last change of the files and folders, and of their contents; a folder changes when a file is removed. */
function newest(paths) {
  const within = (path) =>
    statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((name) => join(path, name)) : []
  const all = paths.map((path) => join(root, path)).flatMap((path) => [path, ...within(path)])
  return Math.max(...all.map((path) => statSync(path).mtimeMs))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exit((process.argv[2] === 'packages' ? buildPackages() : build()) ? 0 : 1)
}
