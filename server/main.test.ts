import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const started: ChildProcess[] = []
const dirs: string[] = []
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function start(env: Record<string, string>) {
  const dir = mkdtempSync(join(tmpdir(), 'pickstream-main-'))
  dirs.push(dir)
  const child = fork(new URL('./main.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: {
      PATH: process.env.PATH,
      PICKSTREAM_DATA_DIR: dir,
      PICKSTREAM_PORT: '0',
      PICKSTREAM_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  started.push(child)
  let output = ''
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  const address = new Promise<string>((resolve, reject) => {
    child.on('message', (message) => resolve((message as { address: string }).address))
    void exited.then(() => reject(new Error(output)))
  })
  address.catch(() => {})
  return { child, address, exited, output: () => output }
}

test('the process serves, says where, and ends by itself when it is told to', async () => {
  const { child, address, exited, output } = start({})
  const response = await fetch(`${await address}/health/live`)
  expect(await response.json()).toEqual({ live: true })
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(output()).toBe('')
})

test('a configuration that would let everybody in ends it with the reason', async () => {
  const { exited, output } = start({ PICKSTREAM_HOST: '0.0.0.0' })
  expect(await exited).toBe(1)
  expect(output()).toContain('PICKSTREAM_HOST: expected a loopback address while access is open, got "0.0.0.0"')
})
