import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { eventually, root, run, runToEnd, type StartedProcess, startProcess } from '../support/start-process.ts'

interface List {
  readonly revision: string
  readonly causedByEventId: string | null
  readonly picks: { readonly item: { readonly id: string } }[]
}

const folder = mkdtempSync(join(tmpdir(), 'pickstream-start-'))
const env = { PICKSTREAM_DATA_DIR: join(folder, 'data'), PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0' }
let started: StartedProcess

beforeAll(async () => {
  started = await startProcess(env)
  await eventually(async () => {
    const { similarItems, boughtTogether, trending } = await rankedOnRequest('ann')
    return similarItems.length === 5 && boughtTogether.length > 0 && trending.length === 5
  }, 250)
  // The rest of the demo's past would only take processor time.
  await graphql('mutation { setDemo(paused: true) { paused } }')
})
afterAll(async () => {
  await started.stop()
  rmSync(folder, { recursive: true })
})

async function graphql<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

const list = 'revision causedByEventId picks { item { id } }'
const record = async (events: readonly object[]): Promise<string> => {
  const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
  return (await graphql<{ recordEvents: { token: string } }>(query, { events })).recordEvents.token
}
const listOf = async (userId: string, after?: string): Promise<List> => {
  const query = `query($userId: ID!, $after: String) {
    recommendations(userId: $userId, after: $after, timeoutMs: 20000) { ${list} } }`
  return (await graphql<{ recommendations: List }>(query, { userId, after })).recommendations
}
const historyOf = async (userId: string): Promise<string[]> => {
  const query = 'query($userId: ID!) { user(id: $userId) { events { edges { node { eventId } } } } }'
  const { user } = await graphql<{ user: { events: { edges: { node: { eventId: string } }[] } } | null }>(query, {
    userId,
  })
  return user?.events.edges.map(({ node }) => node.eventId) ?? []
}

const listsOnRequest = `query ($userId: ID!) {
  similarItems(itemId: "teapot-03", first: 5) { item { id } }
  boughtTogether(itemIds: ["teapot-03"], first: 5) { item { id } }
  sessionRecommendations(events: [{ itemId: "teapot-03" }], first: 5) { picks { item { id } } }
  trending(window: DAY, first: 5) { item { id } }
  rank(userId: $userId, itemIds: ["compass-01", "no-such-item", "tent-01"]) { item { id } }
}`
type RankedItems = readonly { readonly item: { readonly id: string } }[]
type ListsOnRequest = Record<'similarItems' | 'boughtTogether' | 'trending' | 'rank', RankedItems> & {
  readonly sessionRecommendations: { readonly picks: RankedItems }
}
const rankedOnRequest = (userId: string) => graphql<ListsOnRequest>(listsOnRequest, { userId })

/** A printed command as a person pastes it. */
function shell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', command], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    child.stderr.on('data', (chunk) => (text += chunk))
    child.on('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command}: ${text}`))))
  })
}

const printed = (beginning: string): string => {
  const line = started
    .output()
    .split('\n')
    .find((one) => one.trim().startsWith(beginning))
  if (line === undefined) throw new Error(`no command ${beginning} in: ${started.output()}`)
  return line.trim()
}

describe('what npm start prints', () => {
  test('the three commands work as printed, pasted one after another', async () => {
    const [, ...watchArgs] = printed('node client-examples').split(' ')
    const watch = run(watchArgs)
    await eventually(() => watch.output().includes('as they stand'))

    const answers = await shell(`${printed('ANSWER=')}\n${printed('curl')}`)
    expect(answers).toContain('"accepted":1')
    const { causedByEventId } = JSON.parse(answers.slice(answers.lastIndexOf('{"data"'))).data.recommendations
    expect(causedByEventId).toMatch(/^[0-9a-f-]{36}$/)
    await eventually(() => watch.output().includes(`because of event ${causedByEventId}`))
    watch.child.kill('SIGKILL')
    await watch.exited
  })

  test('the query works without the mutation too', async () => {
    const { data } = JSON.parse(await shell(printed('curl')))
    expect(data.recommendations.picks).toHaveLength(5)
  })
})

describe('an event', () => {
  test('comes back as the cause of the pushed list, and the query with its token gives that list', async () => {
    const client = createClient({ url: started.url.replace('http', 'ws'), webSocketImpl: WebSocket })
    const lists = client.iterate<{ recommendationsUpdated: List }>({
      query: `subscription { recommendationsUpdated(userId: "ann") { ${list} } }`,
    })
    const next = async () => (await lists.next()).value!.data!.recommendationsUpdated as List
    const first = await next()
    expect(first.causedByEventId).toBeNull()

    const token = await record([{ eventId: 'e-1', userId: 'ann', itemId: 'teapot-03', type: 'CART' }])
    const pushed = await next()
    expect(pushed.causedByEventId).toBe('e-1')
    expect(pushed.revision > first.revision).toBe(true)
    expect(pushed.picks).not.toEqual(first.picks)
    expect(await listOf('ann', token)).toEqual(pushed)
    await client.dispose()
  })

  test('is there after a kill -9, and so is the demo shop, once', async () => {
    const token = await record([{ eventId: 'e-2', userId: 'bob', itemId: 'compass-01', type: 'PURCHASE' }])
    await started.kill()
    started = await startProcess(env)
    expect((await listOf('bob', token)).causedByEventId).toBe('e-2')
    expect((await listOf('ann')).causedByEventId).toBe('e-1')
    const { catalog } = await graphql<{ catalog: { totalCount: number } }>('{ catalog(first: 1) { totalCount } }')
    expect(catalog.totalCount).toBe(1012)
  })
})

describe('lists that are ranked on request', () => {
  test('are answered by the one process, also while a backlog of events waits', async () => {
    const events = Array.from({ length: 1_000 }, (_, n) => ({
      userId: `backlog-${n % 200}`,
      itemId: n % 2 ? 'teapot-03' : 'tent-01',
      type: 'VIEW',
    }))
    const backlog = Promise.all([record(events), record(events), record(events)])
    for (let n = 0; n < 3; n++) {
      const answer = await rankedOnRequest('ann')
      expect(answer.similarItems).toHaveLength(5)
      expect(answer.boughtTogether.length).toBeGreaterThan(0)
      expect(answer.sessionRecommendations.picks).toHaveLength(5)
      expect(answer.trending).toHaveLength(5)
      expect(answer.rank.map(({ item }) => item.id).sort()).toEqual(['compass-01', 'tent-01'])
    }
    await backlog
  })
})

describe('a second start', () => {
  test('on the same folder says who has it and ends', async () => {
    const { code, output } = await runToEnd(['dist/start/main.js'], { ...env, PICKSTREAM_PORT: '0' })
    expect(code).toBe(1)
    expect(output).toContain(`is in use by the process with pid ${started.pid}`)
  })

  test('on the same port names the setting and ends', async () => {
    const port = new URL(started.address).port
    const other = { ...env, PICKSTREAM_DATA_DIR: join(folder, 'other'), PICKSTREAM_PORT: port }
    const { code, output } = await runToEnd(['dist/start/main.js'], other)
    expect(code).toBe(1)
    expect(output).toContain(`PICKSTREAM_PORT: something else listens on 127.0.0.1, port ${port}`)
  })

  test('with wrong settings lists them all and ends', async () => {
    const wrong = { PICKSTREAM_PORT: 'abc', PICKSTREAM_DEMOO: 'on', PICKSTREAM_TRAIN_EVENTS: '-1' }
    const { code, output } = await runToEnd(['dist/start/main.js'], wrong)
    expect(code).toBe(1)
    for (const name of Object.keys(wrong)) expect(output).toContain(name)
  })
})

describe('npm run import', () => {
  const importer = (...args: string[]) => runToEnd(['dist/tools/import/main.js', '--url', started.url, ...args])
  const events = join(folder, 'events.csv')

  beforeAll(() => {
    const rows = [
      'user_id,item_id,type,timestamp',
      'imp,a,view,2024-01-01T10:00:00Z',
      'imp,a,view,2024-01-01T10:00:00Z',
      'imp,b,teleport,2024-01-01T10:01:00Z',
      'imp,b,purchase,2024-01-01T10:02:00Z',
      `${'x'.repeat(300)},b,purchase,2024-01-01T10:03:00Z`,
    ]
    writeFileSync(events, `${rows.join('\n')}\n`)
  })

  test('counts each row once however often it is run, and names the bad rows', async () => {
    const first = await importer('--events', events)
    expect(first.output).toContain('5 rows read, 3 events accepted, 2 bad rows left out')
    expect(first.output).toContain('events.csv line 4: type: expected one of VIEW')
    expect(first.output).toMatch(/events\.csv line 6: user: .*256/)
    expect(first.code).toBe(0)
    const once = await eventually(async () => ((await historyOf('imp')).length >= 3 ? historyOf('imp') : undefined))
    expect(once).toHaveLength(3)

    const again = await importer('--events', events, '--strict')
    expect(again.output).toContain('3 events accepted')
    expect(again.code).toBe(2)
    expect(await historyOf('imp')).toEqual(once)
  })

  test('loads items with their labels', async () => {
    const items = join(folder, 'items.csv')
    writeFileSync(items, 'item_id,title,categories,brand\nimp-1,One; two,A|B,Acme\n')
    expect((await importer('--items', items)).code).toBe(0)
    const { item } = await graphql<{ item: object }>('{ item(id: "imp-1") { title categories tags } }')
    expect(item).toEqual({ title: 'One; two', categories: ['A', 'B'], tags: ['Acme'] })
  })

  test('says what is wrong with its arguments', async () => {
    expect((await importer()).output).toContain('nothing to import: give --events FILE')
    expect((await importer('--events', '/no/such.csv')).output).toContain('no such file: /no/such.csv')
    const unreachable = ['--url', 'http://127.0.0.1:9/graphql', '--retry-seconds', '1', '--events', events]
    const { code, output } = await importer(...unreachable)
    expect(code).toBe(1)
    expect(output).toContain('no server answers at http://127.0.0.1:9/graphql')
  })

  test('--check of a file of which nothing can be taken ends with exit code 1', async () => {
    const views = join(folder, 'views.csv')
    writeFileSync(views, 'user_id,item_id,type,timestamp\nann,a,LOOK,2026-01-01T00:00:00Z\n')
    const { code, output } = await importer('--check', '--events', views)
    expect(output).toContain('1 rows would be refused')
    expect(code).toBe(1)
  })

  test('sends no item where the file of events is refused', async () => {
    const [items, views] = [join(folder, 'new-items.csv'), join(folder, 'bad-views.csv')]
    writeFileSync(items, 'id,title\nnot-yet,Not yet\n')
    writeFileSync(views, 'user_id,item_id,type,timestamp\nann,not-yet,VIEW,03/04/2026\n')
    const { code, output } = await importer('--items', items, '--events', views)
    expect(output).toContain('bad-views.csv line 2')
    expect(code).toBe(1)
    expect(await graphql('{ item(id: "not-yet") { id } }', {})).toEqual({ item: null })
  })
})

test('SIGTERM to npm start ends the server in order', async () => {
  const own = { PICKSTREAM_DATA_DIR: join(folder, 'npm'), PICKSTREAM_PORT: '0', PICKSTREAM_DEMO: 'off' }
  const npm = spawn('npm', ['start'], { cwd: root, env: { ...process.env, ...env, ...own } })
  let output = ''
  npm.stdout.on('data', (chunk) => (output += chunk))
  npm.stderr.on('data', (chunk) => (output += chunk))
  const exited = new Promise((resolve) => npm.once('exit', resolve))
  const address = await eventually(() =>
    output.includes('Ctrl-C') ? /http:\/\/\S+(?=\/graphql)/.exec(output)?.[0] : undefined,
  )
  await eventually(async () => (await fetch(`${address}/health/ready`)).status === 200)
  expect(output).toContain(`npm run import -- --url ${address}/graphql `)
  npm.kill('SIGTERM')
  await exited
  const isGone = () =>
    fetch(`${address}/health/live`).then(
      () => false,
      () => true,
    )
  await eventually(isGone)
  // The folder is free again: the process has ended, and not only its server.
  const again = await eventually(() => startProcess({ ...env, ...own }).catch(() => undefined))
  expect(await again.stop()).toBe(0)
  expect(output).not.toContain('shutdown took too long')
})

test('SIGTERM ends it in order, with exit code 0', async () => {
  expect(await started.stop()).toBe(0)
  expect(started.output()).not.toContain('shutdown took too long')
  started = await startProcess({ ...env, PICKSTREAM_DEMO: 'off' })
})
