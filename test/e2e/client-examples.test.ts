import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type Picks, Pickstream, type RecordedEvent } from '../../client-examples/sdk/pickstream.ts'
import { eventually, run, runToEnd, type StartedProcess, startProcess } from '../support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-examples-'))
const env = {
  PICKSTREAM_DATA_DIR: join(folder, 'data'),
  PICKSTREAM_DEMO: 'off',
  PICKSTREAM_TRAIN_EVENTS: '0',
  PICKSTREAM_TRAIN_MINUTES: '0',
}
let started: StartedProcess

beforeAll(async () => {
  started = await startProcess(env)
  const items = Array.from({ length: 12 }, (_, n) => ({
    id: `tent-${String(n + 1).padStart(2, '0')}`,
    title: `Tent ${n + 1}`,
    categories: ['Camping'],
    tags: ['tent'],
  }))
  const query = 'mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted } }'
  await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { items } }),
  })
  const shopper = open()
  await eventually(async () => (await shopper.recommendations('nobody')).picks.length === items.length)
  shopper.close()
})
afterAll(async () => {
  await started.stop()
  rmSync(folder, { recursive: true })
})

const open = (more: Partial<ConstructorParameters<typeof Pickstream>[0]> = {}): Pickstream =>
  new Pickstream({ url: started.url, webSocket: WebSocket, ...more })

async function historyOf(userId: string): Promise<string[]> {
  const query = '{ user(id: "ID") { events(first: 100) { edges { node { itemId } } } } }'.replace('ID', userId)
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data } = (await response.json()) as {
    data: { user: { events: { edges: { node: { itemId: string } }[] } } | null }
  }
  return data.user?.events.edges.map(({ node }) => node.itemId) ?? []
}

describe('client-examples/node', () => {
  test('watches, records, and asks for the list that has seen it', async () => {
    const { code, output } = await runToEnd(['dist/client-examples/node/main.js', started.url, 'node-user', 'tent-02'])
    expect(output).toMatch(/As they stand: revision \w+, caused by nothing yet/)
    const [, pushed] = /Pushed: revision \w+, caused by (\S+)/.exec(output)!
    expect(output).toContain(`Asked for with the token: revision`)
    expect(output.split(`caused by ${pushed}`)).toHaveLength(3)
    expect(code).toBe(0)
  })
})

describe('client-examples/curl', () => {
  test('watch.mjs prints every newer list', async () => {
    const watch = run(['client-examples/curl/watch.mjs', started.url, 'curl-user', '--json'])
    const lists = () =>
      watch
        .output()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Picks)
    await eventually(() => lists().length === 1)
    const shopper = open()
    const eventId = shopper.record({ userId: 'curl-user', itemId: 'tent-03', type: 'PURCHASE' })
    await eventually(() => lists().at(-1)?.causedByEventId === eventId)
    expect(lists()[0]!.revision < lists().at(-1)!.revision).toBe(true)
    expect(
      lists()
        .at(-1)!
        .picks.map(({ item }) => item.id),
    ).not.toContain('tent-03')
    shopper.close()
    watch.child.kill('SIGKILL')
    await watch.exited
  })
})

describe('the SDK', () => {
  test('a list asked for has seen what was recorded just before', async () => {
    const shopper = open()
    shopper.record({ userId: 'sdk-1', itemId: 'tent-01', type: 'VIEW' })
    const last = shopper.record({ userId: 'sdk-1', itemId: 'tent-04', type: 'PURCHASE' })
    const list = await shopper.recommendations('sdk-1')
    expect(list.causedByEventId).toBe(last)
    expect(list.picks.map(({ item }) => item.id)).not.toContain('tent-04')
    shopper.close()
  })

  test('a list has seen its own user, whoever was recorded after', async () => {
    const asked: { after?: string }[] = []
    const shopper = open({
      fetch: (url, init) => {
        asked.push((JSON.parse(String(init?.body)) as { variables: { after?: string } }).variables)
        return fetch(url, init)
      },
    })
    const last = shopper.record({ userId: 'sdk-6', itemId: 'tent-10', type: 'PURCHASE' })
    await shopper.flush()
    shopper.record({ userId: 'sdk-7', itemId: 'tent-11', type: 'VIEW' })
    await shopper.flush()
    const [mine, other] = [await shopper.recommendations('sdk-6'), await shopper.recommendations('sdk-7')]
    expect(mine.causedByEventId).toBe(last)
    expect(other.causedByEventId).not.toBe(last)
    expect(asked.at(-2)!.after).not.toBe(asked.at(-1)!.after)
    shopper.close()
  })

  test('events recorded together go in one request, in their order', async () => {
    let requests = 0
    const shopper = open({
      fetch: (...request) => {
        requests++
        return fetch(...request)
      },
    })
    const ids = ['tent-01', 'tent-02', 'tent-03', 'tent-05']
    for (const itemId of ids) shopper.record({ userId: 'sdk-2', itemId, type: 'VIEW' })
    await shopper.flush()
    expect(requests).toBe(1)
    await eventually(async () => (await historyOf('sdk-2')).length === ids.length)
    expect((await historyOf('sdk-2')).toReversed()).toEqual(ids)
    shopper.close()
  })

  test('an answer that is lost is no second event', async () => {
    let lost = 0
    const shopper = open({
      fetch: async (...request) => {
        const response = await fetch(...request)
        if (lost++ < 2) throw new Error('the connection broke after the server had it')
        return response
      },
    })
    shopper.record({ userId: 'sdk-3', itemId: 'tent-06', type: 'VIEW' })
    await shopper.flush()
    expect(lost).toBe(3)
    await shopper.recommendations('sdk-3')
    await eventually(async () => (await historyOf('sdk-3')).length > 0)
    expect(await historyOf('sdk-3')).toEqual(['tent-06'])
    shopper.close()
  })

  test('what the server refuses is named, and the rest of the batch is recorded', async () => {
    const rejected: [RecordedEvent, string][] = []
    const shopper = open({ onRejected: (...why) => rejected.push(why) })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-07', type: 'VIEW' })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-07', type: 'RATING', value: 11 })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-08', type: 'VIEW' })
    await shopper.flush()
    expect(rejected).toMatchObject([[{ type: 'RATING', value: 11 }, expect.stringContaining('stars')]])
    await eventually(async () => (await historyOf('sdk-4')).length === 2)
    shopper.close()
  })

  test('over a kill -9 of the server a watch goes on, and what was recorded meanwhile is kept, even over a reload', {
    timeout: 120_000,
  }, async () => {
    const stored = new Map<string, string>()
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, text: string) => void stored.set(key, text),
    }
    const port = new URL(started.address).port
    const lists: Picks[] = []
    const watcher = open()
    watcher.watch('sdk-5', (list) => lists.push(list))
    await eventually(() => lists.length === 1)

    await started.kill()
    const page = open({ storage })
    const eventId = page.record({ userId: 'sdk-5', itemId: 'tent-09', type: 'PURCHASE' })
    page.close()
    started = await startProcess({ ...env, PICKSTREAM_PORT: port })

    const reloaded = open({ storage })
    await reloaded.flush()
    expect(stored.get('pickstream.queue')).toBe('[]')
    await eventually(() => lists.at(-1)?.causedByEventId === eventId)
    const revisions = lists.map(({ revision }) => revision)
    expect(revisions).toEqual([...new Set(revisions)].sort())
    reloaded.close()
    watcher.close()
  })
})
