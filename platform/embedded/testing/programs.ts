import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { type Embedded, type EmbeddedOptions, openEmbedded } from '../open-embedded.ts'

/** For tests of one folder from several processes and threads. */

export function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pickstream-embedded-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Closed by the end of the test. Not by the clean-up of `aFolder`, which runs after this. */
export async function anEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const embedded = await openEmbedded(options)
  onTestFinished(() => embedded.close())
  return embedded
}

export interface Program {
  readonly child: ChildProcess
  readonly lines: string[]
  /** Resolves when a line was printed that begins so. */
  printed(start: string): Promise<string>
  /** As `kill -9`; resolves when it is gone. */
  kill(): Promise<void>
  readonly exited: Promise<number | null>
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Runs a program of this folder in a process of its own. */
export function startProgram(name: string, ...args: string[]): Program {
  const path = new URL(`./${name}.ts`, import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', tsx, path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const listeners = new Set<() => void>()
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    for (const listener of listeners) listener()
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  return { child, lines, exited, kill, printed }

  function printed(start: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const line = lines.find((each) => each.startsWith(start))
        if (line === undefined) return
        listeners.delete(look)
        resolve(line)
      }
      listeners.add(look)
      void exited.then((code) => reject(new Error(`${name} ended with ${code} before it printed ${start}`)))
      look()
    })
  }
}

/** Runs a program of this folder in a thread of this process. */
export function startThread(name: string, data: object): Worker {
  const program = new URL(`./${name}.ts`, import.meta.url).href
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: { ...data, program },
    execArgv: [],
  })
  onTestFinished(async () => void (await worker.terminate()))
  return worker
}
