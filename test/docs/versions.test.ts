import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { versions } from '../../tools/local-cluster/versions.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const { version, engines } = JSON.parse(read('package.json')) as { version: string; engines: { node: string } }

test('the chart and the image carry the version of the package', () => {
  expect(parse(read('deploy/helm/pickstream/Chart.yaml'))).toMatchObject({ version, appVersion: version })
  expect(read('docker-compose.yml')).toContain(`image: pickstream:${version}\n`)
  expect(read('CHANGELOG.md')).toContain(`## ${version}, `)
})

test('docs/release.md states the versions that the tests run on', () => {
  const page = read('docs/release.md')
  expect(page).toContain(`| Kafka | ${versions.kafka} |`)
  expect(page).toContain(`| Cassandra | ${versions.cassandra} |`)
  expect(page).toContain(engines.node.replace('>=', ''))
  expect(read('docker-compose.yml')).toContain(`apache/kafka:${versions.kafka}`)
  expect(read('docker-compose.yml')).toContain(`cassandra:${versions.cassandra}`)
})
