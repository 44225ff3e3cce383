import { existsSync, readFileSync } from 'node:fs'
import { DCLinter } from 'dclint'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../platform/config.ts'
import { checkBinding } from '../server/guard/binding.ts'
import { versions } from '../tools/local-cluster/versions.ts'

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Record<string, string>
  readonly volumes?: readonly string[]
}

const file = new URL('../docker-compose.yml', import.meta.url).pathname
const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Service> }

test('docker-compose.yml fits the compose schema and breaks no rule of the linter', () => {
  const inOrderOfTheFlow = {
    'services-alphabetical-order': 0,
    'service-keys-order': 0,
    'top-level-properties-order': 0,
  } as const
  const linter = new DCLinter({ rules: inOrderOfTheFlow, quiet: false, debug: false, exclude: [] })
  const results: readonly { readonly messages: readonly object[] }[] = linter.lintFiles([file], false)
  expect(results).toHaveLength(1)
  expect(results.flatMap(({ messages }) => messages)).toEqual([])
})

test('its Kafka and Cassandra are the versions the tests run against', () => {
  expect(services.kafka?.image).toBe(`apache/kafka:${versions.kafka}`)
  expect(services.cassandra?.image).toBe(`cassandra:${versions.cassandra}`)
})

test.each(['migrate', 'server', 'workers'])(
  'the settings of %s are taken, and its command is one that is built',
  (name) => {
    const service = services[name]
    const { PICKSTREAM_ACCESS_API_KEYS: _, ...environment } = service?.environment ?? {}
    expect(readConfig(environment)).toMatchObject({ PLATFORM: 'cluster', KAFKA_BROKERS: ['kafka:9092'] })
    const source = service?.command?.[1]?.replace(/^dist\//, '').replace(/\.js$/, '.ts')
    expect(existsSync(new URL(`../${source}`, import.meta.url))).toBe(true)
  },
)

test('its server may listen: whoever runs it has to say who its operators are', () => {
  const { PICKSTREAM_ACCESS_API_KEYS: keys, ...rest } = services.server?.environment ?? {}
  expect(keys).toMatch(/^\$\{PICKSTREAM_ACCESS_API_KEYS:\?.+\}$/)
  const config = readConfig({ ...rest, PICKSTREAM_ACCESS_API_KEYS: `compose:operator:${'ab'.repeat(32)}` })
  expect(() => checkBinding(config)).not.toThrow()
  expect(() => checkBinding(readConfig(rest))).toThrow('PICKSTREAM_HOST')
})

test('every file that it mounts is there', () => {
  const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes)
  const files = mounts.flatMap((mount) => (mount.startsWith('./') ? [mount.split(':')[0]] : []))
  expect(files.length).toBeGreaterThan(2)
  for (const path of files) expect(existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(true)
})

test('the Dockerfile copies the manifest of every workspace before it installs', () => {
  const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  const beforeInstall = dockerfile.slice(0, dockerfile.indexOf('ensureInstalled'))
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
  const workspaces = Object.keys(packages).filter((path) => path.startsWith('packages/'))
  expect(workspaces).toContain('packages/client')
  for (const path of workspaces) expect(beforeInstall).toContain(`COPY ${path}/package.json ${path}/`)
})
