import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly logFile: string
  /** Whether it gets its own process group, so that it outlives the terminal that started it. */
  readonly detached: boolean
}

/** Starts a process that writes both outputs to one file. @returns its pid. */
export function startChild({ command, args, cwd, logFile, detached }: ChildOptions): number {
  const log = openSync(logFile, 'a')
  try {
    const child = spawn(command, args, { cwd, detached, stdio: ['ignore', log, log] })
    child.on('error', () => {}) // awaitPort reports it: the process has ended
    if (child.pid === undefined) throw new Error(`"${command}" could not be started`)
    child.unref()
    if (!detached) guard(child.pid)
    return child.pid
  } finally {
    closeSync(log)
  }
}

/**
 * Ends the process when this one has ended in any way, also by kill -9: a shell waits for the end of a pipe that only
 * this process holds open.
 */
function guard(pid: number): void {
  const script = `read _; kill -9 ${pid} 2>/dev/null`
  const guardian = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guardian.unref()
  ;(guardian.stdin as unknown as { unref(): void }).unref()
  guardians.set(pid, guardian.pid)
}

const guardians = new Map<number, number | undefined>()

/** Once the process has ended its number may be given to another. */
function dismissGuard(pid: number): void {
  const guardian = guardians.get(pid)
  guardians.delete(pid)
  if (guardian !== undefined) signalChild(guardian, 'SIGKILL')
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Whether `pid` is still the process that was started here: its command line contains `mark`. The system reuses pids.
 */
export async function isOurs(pid: number, mark: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.includes(mark)
}

/** Sends SIGTERM, and SIGKILL if the process still runs after `graceMsMax`. Resolves once it has ended. */
export async function endChild(pid: number, graceMsMax: number): Promise<void> {
  signalChild(pid, 'SIGTERM')
  signalChild(pid, 'SIGCONT') // a stopped process does not handle a SIGTERM
  if (await endedWithin(pid, graceMsMax)) return
  signalChild(pid, 'SIGKILL')
  if (!(await endedWithin(pid, 10_000))) throw new Error(`process ${pid} did not end on SIGKILL`)
}

export function signalChild(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export async function endedWithin(pid: number, msMax: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < msMax && isAlive(pid); waitedMs += 50) await sleep(50)
  if (isAlive(pid)) return false
  dismissGuard(pid)
  return true
}

/** Resolves once the port answers; rejects with the end of the log when the process has ended or the time is over. */
export async function awaitPort(
  host: string,
  port: number,
  pid: number,
  logFile: string,
  msMax: number,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < msMax; waitedMs += 100) {
    if (await answers(host, port)) return
    if (!isAlive(pid)) throw new Error(`the process of ${host}:${port} has ended. ${await tailOf(logFile)}`)
    await sleep(100)
  }
  throw new Error(`${host}:${port} does not answer after ${msMax} ms. ${await tailOf(logFile)}`)
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}

async function tailOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '')
  return `The end of ${logFile}:\n${log.split('\n').slice(-15).join('\n')}`
}
