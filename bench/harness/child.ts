import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Surroundings } from './scratch.ts'

export interface Child {
  readonly process: ChildProcess
  /** The first message that it sends; rejects when it ends before. */
  readonly firstMessage: Promise<unknown>
  stop(): Promise<void>
}

const graceMs = 15_000

/** Flags of Node in the script `start` of package.json. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}

/** Starts a program of this repository as a process of its own, as a user would; ended with the bench. */
export function startChild(
  path: string,
  env: Readonly<Record<string, string>>,
  { onEnd, say }: Pick<Surroundings, 'onEnd' | 'say'>,
  args: readonly string[] = [],
): Child {
  const isSource = import.meta.url.endsWith('.ts')
  const module = new URL(`../../${path}.${isSource ? 'ts' : 'js'}`, import.meta.url)
  const child = fork(module, args, {
    env: { ...process.env, NODE_ENV: 'production', PICKSTREAM_LOG_LEVEL: 'warn', ...env },
    execArgv: [
      ...(isSource ? ['--import', 'tsx'] : []),
      ...(path === 'start/main' ? startFlags() : []),
      ...profiling(),
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const firstMessage = new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${path} ended with code ${code}`)))
  })
  firstMessage.catch(() => {}) // not every program sends a message
  let stopping = false
  child.once('exit', (code) => {
    if (!stopping) say(`${path} ended with code ${code}`)
  })
  const stop = async () => {
    stopping = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const overdue = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await ended
    clearTimeout(overdue)
  }
  onEnd(stop)
  return { process: child, firstMessage, stop }
}

/** `node --cpu-prof … bench/main.js` profiles the processes that the bench starts too. */
const profiling = (): string[] => process.execArgv.filter((argument) => argument.startsWith('--cpu-prof'))
