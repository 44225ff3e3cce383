// Installs the dependencies of package-lock.json where they are missing or older. Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const nodeMin = [20, 19]

export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1])) {
    console.error(`Pickstream needs Node ${nodeMin.join('.')} or newer; this is ${process.version}.`)
    process.exit(1)
  }
  if (isInstalled(root)) return
  console.log('Installing dependencies (npm ci), once …')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * Whether node_modules has the packages of package-lock.json, by the lock file that npm writes into node_modules.
 * Optional packages may be missing, as they depend on the machine.
 * @param {string} folder ends with a slash
 */
export function isInstalled(folder) {
  const hidden = `${folder}node_modules/.package-lock.json`
  if (!existsSync(hidden)) return false
  const wanted = JSON.parse(readFileSync(`${folder}package-lock.json`, 'utf8')).packages
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = installed[path]
    if (path === '') return true
    if (found === undefined) return optional === true || devOptional === true
    return found.version === version && (integrity === undefined || found.integrity === integrity)
  })
}
