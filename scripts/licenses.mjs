/**
 * `npm run licenses`: the license of every package that the product ships with (package-lock.json without development
 * packages), one line each. Exits with 1 if a license is not on the list below and must be reviewed.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** SPDX identifiers that may be shipped with software under Apache-2.0. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

const root = fileURLToPath(new URL('..', import.meta.url))
const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'))

/** An SPDX expression of ORs and ANDs of what is allowed. */
const isAllowed = (license) =>
  license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((part) => allowed.has(part.replace(/[()]/g, '').trim())))

const shipped = Object.entries(packages)
  .filter(([path, { dev, devOptional, link }]) => path.includes('node_modules/') && !dev && !devOptional && !link)
  .map(([path, { version, license = 'unknown' }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    license: String(license),
  }))
  .sort((a, b) => (a.name < b.name ? -1 : 1))

for (const { name, version, license } of shipped) console.log(`${license.padEnd(24)} ${name}@${version}`)
const refused = shipped.filter(({ license }) => !isAllowed(license))
for (const { name, version, license } of refused) {
  console.error(`${name}@${version}: license "${license}" is not on the list of scripts/licenses.mjs`)
}
console.log(`${shipped.length} packages, ${refused.length} to look at`)
process.exitCode = refused.length > 0 ? 1 : 0
