import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readConfig } from '../../platform/config.ts'
import { eventFlow } from '../../schema/event-flow.ts'
import { stageNames } from '../../workers/topology.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const chart = join(root, 'deploy/helm/pickstream')
const tools = join(root, '.cache/kubernetes')
const helm = join(tools, 'helm')
const validator = join(tools, 'venv/bin/kubernetes-validate')
const kubernetesVersions = ['1.29', '1.35']
/** Of the cluster that helm renders for: built from its module it knows of none. */
const kubeVersion = '1.33.0'
/** Made by operators: Kubernetes itself has no schema of them. */
const customKinds = ['ScaledObject', 'ServiceMonitor']

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: specs of many kinds, each checked by its own test
  readonly spec?: any
}

const isReady = existsSync(helm) && existsSync(validator)
if (!isReady)
  console.warn('\n  SKIPPED: the tests of the Helm chart. Run .ci/kubernetes (needs Go and Python) first.\n')

/** A run of helm in an environment of its own. */
function runHelm(...args: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'pickstream-helm-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  }
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8', env })
  return { status, stdout, stderr }
}

function render(...args: string[]): { text: string; manifests: Manifest[] } {
  const { status, stdout, stderr } = runHelm('template', 'shop', chart, '--kube-version', kubeVersion, ...args)
  expect(stderr).not.toContain('Error')
  expect(status).toBe(0)
  const documents = parseAllDocuments(stdout)
  const manifests = documents.map((document) => document.toJS() as Manifest | null)
  return { text: stdout, manifests: manifests.filter((one) => one !== null) }
}

function valuesFile(values: object): string {
  const dir = mkdtempSync(join(tmpdir(), 'pickstream-values-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'values.yaml'), JSON.stringify(values))
  return join(dir, 'values.yaml')
}

const groups = ['live', 'items', 'history', 'backfill', 'train']
const autoscaled = (by: string) => ({
  workers: Object.fromEntries(groups.map((group) => [group, { autoscaling: { by } }])),
})
const everything = {
  ...autoscaled('lag'),
  server: {
    autoscaling: { enabled: true },
    ingress: { enabled: true, className: 'nginx', tlsSecretName: 'shop-tls', annotations: { a: 'b' } },
  },
  networkPolicy: {
    enabled: true,
    serverFrom: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
    egressTo: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
  },
  serviceMonitor: { enabled: true, bearerTokenSecret: { name: 'operator-key' } },
  rules: 'pins:\n  - { item: a, position: 1 }\n',
  mounts: [{ name: 'kafka-tls', secretName: 'tls' }],
  secretSettings: [{ name: 'CASSANDRA_PASSWORD', secretName: 'cassandra', key: 'password' }],
  image: { pullSecrets: [{ name: 'registry' }] },
}
const variants: [string, () => string[]][] = [
  ['the defaults', () => []],
  ['everything switched on', () => ['--values', valuesFile(everything)]],
  ['autoscaling by CPU', () => ['--values', valuesFile(autoscaled('cpu'))]],
  ['Strimzi and K8ssandra', () => ['--values', join(root, 'deploy/helm/values-strimzi-k8ssandra.yaml')]],
]

describe.skipIf(!isReady)('the Helm chart', () => {
  test.each(variants)('with %s is what helm and Kubernetes accept', (_, argsOf) => {
    const args = argsOf()
    const lint = runHelm('lint', '--strict', chart, '--kube-version', kubeVersion, ...args)
    expect(lint.stdout + lint.stderr).not.toMatch(/\[(ERROR|WARNING)\]/)
    expect(lint.status).toBe(0)

    const { manifests } = render(...args)
    const dir = mkdtempSync(join(tmpdir(), 'pickstream-manifests-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const files = manifests
      .filter(({ kind }) => !customKinds.includes(kind))
      .map((manifest, n) => {
        const file = join(dir, `${n}.yaml`)
        writeFileSync(file, JSON.stringify(manifest))
        return file
      })
    const versions = kubernetesVersions.flatMap((version) => ['-k', version])
    const { status, stdout, stderr } = spawnSync(validator, ['--strict', ...versions, ...files], { encoding: 'utf8' })
    expect({ status, complaints: `${stdout}${stderr}`.split('\n').filter((line) => /ERROR|fail/i.test(line)) }).toEqual(
      {
        status: 0,
        complaints: [],
      },
    )
  })

  test('every stage stands in exactly one group', () => {
    const commands = render().manifests.flatMap(({ kind, spec }) =>
      kind === 'Deployment' ? [spec.template.spec.containers[0].command as string[]] : [],
    )
    const stages = commands.flatMap((command) => command.slice(command.indexOf('--stage') + 1 || command.length))
    expect(stages.sort()).toEqual([...stageNames].sort())
  })

  test('scaling by lag watches the topic that each stage processes, in its group', () => {
    const { manifests } = render('--values', valuesFile(autoscaled('lag')))
    const watched = manifests
      .filter(({ kind }) => kind === 'ScaledObject')
      .flatMap(({ spec }) => spec.triggers)
      .map(({ metadata }) => [metadata.consumerGroup, metadata.topic])
    const expected = stageNames.map((name) => [`pickstream.${name}`, `pickstream.${eventFlow[name].from}`])
    expect(watched.sort()).toEqual(expected.sort())
  })

  test.each(variants)('with %s its settings are settings', (_, argsOf) => {
    const { manifests } = render(...argsOf())
    const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && /-settings$/.test(metadata.name))
    expect(readConfig(settings!.data!)).toMatchObject({ PLATFORM: 'cluster', HOST: '0.0.0.0', DEMO: false })
  })

  test('a number is passed on as it is written', () => {
    const { text } = render(
      '--set',
      'settings.TRAIN_EVENTS=1000000,settings.RETENTION_DAYS=0.5,settings.KAFKA_TLS=true',
    )
    for (const line of ['TRAIN_EVENTS: "1000000"', 'RETENTION_DAYS: "0.5"', 'KAFKA_TLS: "true"'])
      expect(text).toContain(line)
  })

  test('a change of settings or rules starts the pods anew', () => {
    const checksums = (...args: string[]) => render(...args).text.match(/checksum\/settings: \w+/g)
    expect(checksums('--set', 'settings.PARTITIONS=24')).not.toEqual(checksums())
    expect(checksums('--set', 'rules=exploration: 0.1')).not.toEqual(checksums())
  })

  test.each([
    [['--set', 'settings.KAFKA_PASSWORD=secret'], 'settings'],
    [['--set', 'sever.replicas=2'], 'sever'],
    [['--set', 'server.replicas=-1'], 'server'],
    [['--set', 'workers.live.stages={nope}', '--set', 'workers.live.autoscaling.by=lag'], 'no such stage: nope'],
    [['--set', 'workers.live.autoscaling.by=magic'], 'workers'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = runHelm('template', 'shop', chart, '--kube-version', kubeVersion, ...args)
    expect(status).not.toBe(0)
    expect(stderr).toContain(message)
  })
})
