import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { encodeStageReport } from '../schema/records/stage-status.ts'
import { topics } from '../schema/topics.ts'
import { aList, ranked } from './support/builders.ts'
import { type Harness, startHarness } from './support/server-harness.ts'

interface Panel {
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const read = (path: string) => readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8')
const { panels } = JSON.parse(read('grafana/dashboards/pickstream.json')) as { panels: Panel[] }
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))

/** The labels of every series that a server serves, by the name of the series. */
const served = new Map<string, Set<string>>()
let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'a' })
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "ada") { id } }')
  await watcher.message(0)
  await harness.publishList('ada', aList({ offset: 1, unseen: ranked('a') }), { born: String(Date.now()) })
  await watcher.message(1)
  watcher.stop()
  const figures = { from: topics.lists, processedPerSecond: 1, p50Ms: 1, p99Ms: 1, processed: 1, deadLetters: 0 }
  const latency = { counts: new Array(15).fill(1), sumSeconds: 1 }
  const report = { stage: 'sink', instance: 'w', reportedAt: Date.now(), ...figures, latency }
  await harness.log.append(topics.stageStatus, [{ key: 'sink/w', value: encodeStageReport(report) }])
  await harness.ask('{ item(id: "") { id } }')
  let text = ''
  while (!text.includes('pickstream_stage_seconds_bucket') || !text.includes('pickstream_stage_lag{')) {
    text = await (await fetch(new URL('/metrics', harness.url))).text()
  }
  for (const [, name, labels = ''] of text.matchAll(/^([a-z_][a-z0-9_]*)(?:\{(.*)\})? /gm)) {
    const known = served.get(name!) ?? new Set(['instance']) // Prometheus adds the address it asked
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!)
    served.set(name!, known)
  }
})
afterAll(() => harness.close())

const metricsIn = (text: string) => [...text.matchAll(/\b(?:pickstream|process|nodejs)_\w+/g)].map(([name]) => name)

describe('the dashboard', () => {
  test.each(queries)('$title: $expr is of figures that a server serves', ({ expr, legendFormat }) => {
    const names = metricsIn(expr)
    expect(names).not.toEqual([])
    for (const name of names) {
      const labels = served.get(name)
      expect(labels, name).toBeDefined()
      const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', '))
      const chosen = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label]) => label)
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
      for (const label of [...grouped, ...chosen, ...shown]) expect(labels, `${name} by ${label}`).toContain(label)
    }
  })

  test('shows every figure of ours', () => {
    const shown = new Set(queries.flatMap(({ expr }) => metricsIn(expr)))
    const family = (name: string) => name.replace(/_(bucket|sum|count)$/, '')
    const families = new Set([...shown].map(family))
    const ours = [...served.keys()].filter((name) => name.startsWith('pickstream_'))
    expect(ours.filter((name) => !families.has(family(name)))).toEqual([])
  })

  test('has no panel on top of another', () => {
    const taken = new Set<string>()
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x}/${y}`), title).toBe(false)
          taken.add(`${x}/${y}`)
        }
      }
    }
  })

  test('asks the data source that is provisioned, from the folder that is', () => {
    const [{ uid }] = parse(read('grafana/provisioning/datasources/prometheus.yml')).datasources
    expect(
      new Set([...read('grafana/dashboards/pickstream.json').matchAll(/"uid": "(.+?)"/g)].map(([, id]) => id)),
    ).toEqual(new Set([uid, 'pickstream']))
    const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')
    const [{ options }] = parse(read('grafana/provisioning/dashboards/pickstream.yml')).providers
    expect(compose).toContain(`./deploy/grafana/dashboards:${options.path}:ro`)
    const [{ dns_sd_configs, authorization }] = parse(read('prometheus.yml')).scrape_configs
    const { services, secrets } = parse(compose, { merge: true })
    expect(String(dns_sd_configs[0].port)).toBe(services[dns_sd_configs[0].names[0]].environment.PICKSTREAM_PORT)
    expect(authorization.credentials_file).toBe(`/run/secrets/${Object.keys(secrets)[0]}`)
  })
})

interface AlertRule {
  readonly alert: string
  readonly expr: string
}

describe('the alert rules', () => {
  const rules = (parse(read('alerts.yml')) as { groups: { rules: AlertRule[] }[] }).groups.flatMap(
    (group) => group.rules,
  )

  test.each(rules)('$alert is of figures that a server serves', ({ expr }) => {
    for (const name of metricsIn(expr)) {
      const labels = served.get(name)
      expect(labels, name).toBeDefined()
      const grouped = [...expr.matchAll(/\b(?:by|without|on) \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', '))
      const chosen = [...expr.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label]) => label!)
      for (const label of [...grouped, ...chosen])
        if (label !== 'job') expect(new Set([...served.values()].flatMap((all) => [...all]))).toContain(label)
    }
  })

  test('are those that docs/alerts.md explains, and Prometheus loads them', () => {
    const page = readFileSync(new URL('../docs/alerts.md', import.meta.url), 'utf8')
    const explained = [...page.matchAll(/^\| `(Pickstream\w+)`/gm)].map(([, name]) => name)
    expect(explained).toEqual(rules.map(({ alert }) => alert))
    expect(parse(read('prometheus.yml')).rule_files).toEqual(['alerts.yml'])
    const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')
    expect(compose).toContain('./deploy/alerts.yml:/etc/prometheus/alerts.yml:ro')
  })
})
