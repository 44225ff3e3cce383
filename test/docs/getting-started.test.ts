import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { eventually, root, type StartedProcess, startProcess } from '../support/start-process.ts'
import { runInShell, transcriptsOf } from '../support/transcript.ts'

const text = readFileSync(join(root, 'docs/getting-started.md'), 'utf8')
const origin = 'http://127.0.0.1:8080'

/** The server is started by this test, and its page is run here without a browser. */
const runsElsewhere = [/npm start$/, /^node_modules\/\.bin\/vite /]
const transcripts = transcriptsOf(text).filter(({ command }) => !runsElsewhere.some((other) => other.test(command)))

const folder = mkdtempSync(join(tmpdir(), 'pickstream-getting-started-'))
let started: StartedProcess
let shown: string[] = []
let socket: WebSocket | undefined

beforeAll(async () => {
  started = await startProcess({
    PICKSTREAM_DEMO: 'off',
    PICKSTREAM_DATA_DIR: join(folder, 'data'),
    PICKSTREAM_CORS_ORIGINS: origin,
  })
})
afterAll(async () => {
  socket?.terminate()
  await started?.stop()
  rmSync(folder, { recursive: true })
})

const placed = (source: string) => source.replaceAll('127.0.0.1:4000', new URL(started.url).host)

async function run(command: string): Promise<string> {
  const here = placed(command).replaceAll('shop/', `${folder}/`).replace('mkdir -p shop', 'true')
  const { code, output } = await runInShell(here, { PICKSTREAM_URL: started.url })
  expect(code, output).toBe(0)
  return output
}

/** Runs the script of the page with the few parts of a document that it uses. */
function openPage(): void {
  const script = placed(/<script type="module">([\s\S]*?)<\/script>/.exec(text)![1]!)
  class PageSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { origin })
      socket = this
    }
  }
  const list = { replaceChildren: (...rows: { textContent: string }[]) => (shown = rows.map((row) => row.textContent)) }
  const document = { getElementById: () => list, createElement: () => ({ textContent: '' }) }
  new Function('WebSocket', 'document', script)(PageSocket, document)
}

test('the page has commands to run', () => {
  expect(transcripts.length).toBe(7)
  expect(transcripts.filter(({ answer }) => answer !== undefined)).toHaveLength(6)
})

test('every command answers as the page shows, and the open page follows', async () => {
  for (const { command, answer } of transcripts) {
    if (command.includes('first-1')) {
      openPage()
      await eventually(() => shown.includes('Head lamp'))
    }
    const output = await run(command)
    for (const line of answer ?? []) expect(output, command).toMatch(line)
  }
  await eventually(() => shown.length > 0 && !shown.includes('Head lamp'))
  expect(shown).not.toContain('Sleeping mat')
})
