import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyShop, eventually, run, runToEnd, type StartedProcess, startProcess } from '../support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-examples-'))
const env = {
  PICKSTREAM_DATA_DIR: join(folder, 'data'),
  ...emptyShop,
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
  await ask('mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
  await eventually(async () => (await ask('{ catalog { totalCount } }')).catalog.totalCount === items.length)
})
afterAll(async () => {
  await started.stop()
  rmSync(folder, { recursive: true })
})

// biome-ignore lint/suspicious/noExplicitAny: the tests know what they asked for
async function ask(query: string, variables: object = {}): Promise<any> {
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return ((await response.json()) as { data: unknown }).data
}

interface WatchedList {
  readonly revision: string
  readonly causedByEventId: string | null
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

describe('client-examples/node', () => {
  test('watches, records, and asks for the list that includes it', async () => {
    const { code, output } = await runToEnd([
      '--import',
      'tsx',
      'client-examples/node/main.ts',
      started.url,
      'node-user',
      'tent-02',
    ])
    expect(output).toMatch(/As they stand: revision \w+, caused by nothing yet/)
    const [, pushed] = /Pushed: revision \w+, caused by (\S+)/.exec(output)!
    expect(output).toContain('Asked for right after: revision')
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
        .map((line) => JSON.parse(line) as WatchedList)
    await eventually(() => lists().length === 1)
    const eventId = 'curl-1'
    await ask('mutation($e: EventInput!) { recordEvents(events: [$e]) { token } }', {
      e: { eventId, userId: 'curl-user', itemId: 'tent-03', type: 'PURCHASE' },
    })
    await eventually(() => lists().at(-1)?.causedByEventId === eventId)
    expect(lists()[0]!.revision < lists().at(-1)!.revision).toBe(true)
    expect(
      lists()
        .at(-1)!
        .picks.map(({ item }) => item.id),
    ).not.toContain('tent-03')
    watch.child.kill('SIGKILL')
    await watch.exited
  })
})
