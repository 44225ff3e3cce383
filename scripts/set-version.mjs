/** Run by `npm version`: writes the version of package.json to the other files that contain it, and stages them. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** File → text before the version in it. test/docs/versions.test.ts reads the same places. */
const places = [
  ['deploy/helm/pickstream/Chart.yaml', /^((?:app)?[vV]ersion: ).*$/gm],
  ['docker-compose.yml', /^( {2}image: pickstream:).*$/gm],
]

for (const [file, pattern] of places) {
  const text = readFileSync(root + file, 'utf8')
  writeFileSync(root + file, text.replace(pattern, `$1${version}`))
}
const today = new Date().toISOString().slice(0, 10)
const changelog = readFileSync(`${root}CHANGELOG.md`, 'utf8')
writeFileSync(`${root}CHANGELOG.md`, changelog.replace(/^## (.*), unreleased$/m, `## ${version}, ${today}`))
spawnSync('git', ['add', 'CHANGELOG.md', ...places.map(([file]) => file)], { cwd: root, stdio: 'inherit' })
