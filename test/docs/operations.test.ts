import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { eventually, root, type StartedProcess, startProcess } from '../support/start-process.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The commands of a page's shell examples, without their comments. */
const commandsOf = (path: string): string[] =>
  [...read(path).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter(Boolean),
  )

/** These need what `npm test` starts elsewhere: test/e2e/start-cluster.cluster.test.ts runs them. */
const ofACluster = ['eval "$(npm run -s cluster -- up)"', 'npm run start:cluster', 'npm run cluster -- down']
const commands = commandsOf('docs/operations.md').filter((command) => !ofACluster.includes(command))

const folder = mkdtempSync(join(tmpdir(), 'pickstream-operations-'))
const dataDir = join(folder, 'data')
const places = new Map([
  ['ada.json', join(folder, 'ada.json')],
  ['/backups/monday', join(folder, 'monday')],
  ['data/again', join(folder, 'again')],
  ['data/intact', join(folder, 'intact')],
  ['items.csv.gz', join(folder, 'items.csv.gz')],
  ['events.csv.gz', join(folder, 'events.csv.gz')],
])
const env = {
  PICKSTREAM_DATA_DIR: dataDir,
  PICKSTREAM_DEMO: 'off',
  PICKSTREAM_TRAIN_EVENTS: '0',
  PICKSTREAM_TOKEN: 'of the tools, in the same shell', // no setting of the program, and no mistake
}
let started: StartedProcess

beforeAll(async () => {
  await withBrokenRecords(19) // so that there are dead letters up to number 18
  const rows = Array.from(
    { length: 400 },
    (_, n) => `user-${n % 20},item-${(n * 7) % 30},view,${1_700_000_000 + n * 60}`,
  )
  writeFileSync(places.get('events.csv.gz')!, gzipSync(['user_id,item_id,type,timestamp', ...rows].join('\n')))
  writeFileSync(places.get('items.csv.gz')!, gzipSync('item_id,title\nitem-1,Tent\nitem-2,Mat\n'))
  started = await startProcess(env)
  const event = { eventId: 'a1', userId: 'ada', itemId: 'item-1', type: 'VIEW' }
  await ask('mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }', { events: [event] })
  await eventually(async () => (await ask('{ user(id: "ada") { events { edges { cursor } } } }')).data?.user)
  await eventually(async () => (await ask('{ deadLetters(first: 100) { id } }')).data.deadLetters.length >= 19)
})
afterAll(async () => {
  await started?.stop()
  rmSync(folder, { recursive: true })
})

async function withBrokenRecords(count: number): Promise<void> {
  const { log, store } = await openEmbedded({ dir: dataDir })
  await log.createTopics(topicSpecs(1))
  const broken = Array.from({ length: count }, (_, n) => ({ key: `user-${n}`, value: Buffer.from('{') }))
  await log.append(topics.interactions, broken)
  await log.close()
  await store.close()
}

async function ask(query: string, variables: object = {}) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ query, variables })
  // biome-ignore lint/suspicious/noExplicitAny: what a test asked for is what it looks at
  return (await (await fetch(started.url, { method: 'POST', headers, body })).json()) as any
}

function shell(command: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const placed = [...places].reduce((text, [there, here]) => text.replace(there, here), command)
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', placed], {
      cwd: root,
      env: { ...process.env, PICKSTREAM_URL: started.url, PICKSTREAM_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ code, output }))
  })
}

describe('docs/operations.md', () => {
  /** What each command must have said or left behind. */
  const shows: Record<string, (output: string) => void> = {
    'npm run dead-letters -- list': (output) => expect(output).toContain('interactions/0/18'),
    'npm run dead-letters -- show 17': (output) => expect(output).toMatch(/interactions\/0\/17[\s\S]*\{/),
    'npm run dead-letters -- replay 17 18': (output) => expect(output).toContain('2 replayed'),
    'npm run export -- --user ada --out ada.json': () =>
      expect(JSON.parse(readFileSync(places.get('ada.json')!, 'utf8')).events).toMatchObject([{ eventId: 'a1' }]),
    'npm run rebuild': (output) => expect(output).toMatch(/\d+ users? rebuilt/),
    'npm run train': (output) => expect(output).toMatch(/Model \d+ is (still )?served/),
    'npm run backup -- --to /backups/monday': () => expect(readdirSync(places.get('/backups/monday')!)).not.toEqual([]),
    'npm run restore -- --from /backups/monday --data data/again': () =>
      expect(readdirSync(places.get('data/again')!)).toEqual(readdirSync(places.get('/backups/monday')!)),
    'npm run salvage -- --data data/again --to data/intact': (output) =>
      expect(output).toMatch(/^\d+ entries of .* are intact and copied to .*intact\./m),
    'npm run import -- --items items.csv.gz --events events.csv.gz': (output) =>
      expect(output).toContain('400 events accepted'),
  }

  test('its commands are those that are run here', () => {
    expect(commands).toEqual(Object.keys(shows))
  })

  test.each(commands)('%s', async (command) => {
    const { code, output } = await shell(command)
    expect(code, output).toBe(0)
    shows[command]!(output)
  })
})

test.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...readdirSync(join(root, 'docs')).flatMap(pageOf)])(
  'every script that %s names is one of package.json, every folder that it opens is there',
  (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const [, name] of read(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)) expect(scripts).toHaveProperty([name!])
    for (const [, path] of read(page).matchAll(/npx (?:vite|tsx) (\S+)/g))
      expect(existsSync(join(root, path!))).toBe(true)
  },
)

function pageOf(name: string): string[] {
  return name.endsWith('.md') ? [`docs/${name}`] : []
}
