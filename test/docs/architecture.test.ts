import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingNames } from '../../platform/config.ts'
import { withDrawings } from '../../scripts/draw-topology.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

test('the drawings of ARCHITECTURE.md are those of the code (npm run draw)', () => {
  const text = read('ARCHITECTURE.md')
  expect(withDrawings(text)).toBe(text)
})

test('what ARCHITECTURE.md says holds an invariant is there', () => {
  const table = read('ARCHITECTURE.md').split('## Invariants')[1]!.split('\n\n')[1]!
  const rows = table.split('\n').filter((row) => /^\| \d/.test(row))
  expect(rows).toHaveLength(8)
  for (const row of rows) {
    const paths =
      row
        .split('|')
        .at(-2)!
        .match(/[\w-]+(?:\/[\w.-]+)+/g) ?? []
    expect(paths.length, row).toBeGreaterThan(0)
    for (const path of paths) expect(existsSync(new URL(path, root)), path).toBe(true)
  }
})

test('docs/operations.md explains every setting, and no other', () => {
  const explained = [...read('docs/operations.md').matchAll(/^\| `PICKSTREAM_([A-Z_]+)`/gm)].map(([, name]) => name)
  expect(explained.toSorted()).toEqual([...settingNames].toSorted())
})

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/operations.md'])(
  'every link of %s to a file leads somewhere',
  (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link!)
    for (const link of links) expect(existsSync(new URL(link, new URL(path, root))), link).toBe(true)
  },
)

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['docs/', 'docs/adr/'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith('.md'))
      .map((name) => folder + name),
  ),
]

test('every command that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const path of pages) {
    for (const [, name] of read(path).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g))
      expect(Object.keys(scripts), path).toContain(name)
  }
})

test('every setting and every metric that a page names exists', () => {
  const sources = read('server/metrics.ts') + read('server/stage-metrics.ts')
  const metrics = new Set(sources.match(/\bpickstream_[a-z_]+/g))
  let named = 0
  for (const path of pages) {
    for (const [, name] of read(path).matchAll(/`PICKSTREAM_([A-Z_]*[A-Z])[`=]/g))
      expect([...settingNames, 'URL', 'TOKEN'], path).toContain(name)
    for (const [, name] of read(path).matchAll(/`(pickstream_[a-z_]+)[`{]/g)) {
      named++
      expect(metrics, path).toContain(name)
    }
  }
  expect(named).toBeGreaterThan(6)
})
