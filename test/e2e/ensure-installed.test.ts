import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isInstalled } from '../../scripts/ensure-installed.mjs'

let folder: string
const lockFile = () => join(folder, 'package-lock.json')
const npm = (...args: string[]) =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd: folder })
const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
const edit = (
  change: (packages: Record<string, { version?: string; integrity?: string; optional?: boolean }>) => void,
) => {
  const lock = JSON.parse(readFileSync(lockFile(), 'utf8'))
  change(lock.packages)
  write('package-lock.json', lock)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pickstream-install-'))
  mkdirSync(join(folder, 'dep'))
  write('dep/package.json', { name: 'dep', version: '1.0.0' })
  execFileSync('npm', ['pack', './dep', '--offline'], { cwd: folder })
  write('package.json', { name: 'shop', version: '1.0.0', dependencies: { dep: 'file:dep-1.0.0.tgz' } })
  npm('install', '--package-lock-only')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('after npm ci nothing is installed again, until the lock file asks for something else', () => {
  expect(isInstalled(`${folder}/`)).toBe(false)
  npm('ci')
  expect(isInstalled(`${folder}/`)).toBe(true)
  const before = readFileSync(lockFile(), 'utf8')
  const changes: Parameters<typeof edit>[0][] = [
    (packages) => {
      packages['node_modules/dep']!.version = '1.0.1'
    },
    (packages) => {
      packages['node_modules/dep']!.integrity = 'sha512-other'
    },
    (packages) => {
      packages['node_modules/more'] = { version: '1.0.0' }
    },
  ]
  for (const change of changes) {
    edit(change)
    expect(isInstalled(`${folder}/`)).toBe(false)
    writeFileSync(lockFile(), before)
  }
  edit((packages) => {
    packages['node_modules/for-another-system'] = { version: '1.0.0', optional: true }
  })
  expect(isInstalled(`${folder}/`)).toBe(true)
})

test('this checkout is installed as its lock file says', () => {
  expect(isInstalled('./')).toBe(true)
})
