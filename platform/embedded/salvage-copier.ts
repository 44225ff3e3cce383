import { type ChildProcess, spawn } from 'node:child_process'
import { programArguments } from './programs.ts'
import type { SalvageReply, SalvageStep } from './salvage-process.ts'

/** A step that reports nothing for this time is ended. */
const silenceMsMax = 30_000
const batchEntries = 500

interface Outcome {
  /** Whether the program ended in the step. */
  readonly broken: boolean
  /** The key of the last entry that was copied. */
  readonly last?: string
  readonly found?: string
  readonly count?: number
}

/**
 * Copies databases out of a damaged folder by salvage-process.ts. If a damaged page ends the process, or hides the
 * entries after it, the copy continues at the next key that can be found after the page, and from there backwards to
 * the page.
 */
export class SalvageCopier {
  private child: ChildProcess | undefined

  constructor(
    private readonly from: string,
    private readonly to: string,
  ) {}

  /** @returns the keys of the entries that do not match their checksum */
  async copy(db: string): Promise<Buffer[]> {
    const damaged = new Set<string>()
    for (let from = ''; ; ) {
      const last = await this.forward(db, from, damaged)
      const next = await this.keyBehind(db, last)
      if (next === undefined) break
      await this.backward(db, next, successorOf(last), damaged)
      from = next
    }
    return [...damaged].sort().map((hex) => Buffer.from(hex, 'hex'))
  }

  /** Number of entries by the database's own count; 0 if it cannot be read. */
  async count(db: string): Promise<number> {
    return (await this.run({ kind: 'count', db }, new Set())).count ?? 0
  }

  stop(): void {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }

  /** @returns the last key reached */
  private async forward(db: string, from: string, damaged: Set<string>): Promise<string> {
    const first = await this.run({ kind: 'forward', db, from, batch: batchEntries }, damaged)
    let last = first.last ?? from
    if (first.broken) {
      // A batch that was not reported is not in the copy: repeat it entry by entry, up to the damaged page.
      const rest = await this.run({ kind: 'forward', db, from: successorOf(last), batch: 1 }, damaged)
      last = rest.last ?? last
    }
    return last
  }

  private async backward(db: string, before: string, to: string, damaged: Set<string>): Promise<void> {
    const first = await this.run({ kind: 'backward', db, before, to, batch: batchEntries }, damaged)
    if (first.broken) {
      await this.run({ kind: 'backward', db, before: first.last ?? before, to, batch: 1 }, damaged)
    }
  }

  /** Finds the first reachable key after one, in growing steps: from the key's last byte to its first. */
  private async keyBehind(db: string, key: string): Promise<string | undefined> {
    const bytes = Buffer.from(key, 'hex')
    for (let at = bytes.length - 1; at >= 0; at--) {
      if (bytes[at] === 255) continue
      const from = Buffer.from(bytes.subarray(0, at + 1))
      from[at]!++
      const { found } = await this.run({ kind: 'seek', db, from: from.toString('hex') }, new Set())
      if (found !== undefined && found > key) return found
    }
    return undefined
  }

  private run(step: SalvageStep, damaged: Set<string>): Promise<Outcome> {
    const child = (this.child ??= this.start())
    return new Promise((resolve) => {
      let last: string | undefined
      const silence = setTimeout(() => child.kill('SIGKILL'), silenceMsMax)
      const end = (outcome: Outcome) => {
        clearTimeout(silence)
        child.removeAllListeners()
        resolve(last === undefined ? outcome : { ...outcome, last })
      }
      child.on('message', (reply: SalvageReply) => {
        silence.refresh()
        if (reply.kind === 'done') return end({ broken: false, ...reply })
        last = reply.last
        for (const key of reply.damaged) damaged.add(key)
      })
      child.once('exit', () => {
        this.child = undefined
        end({ broken: true })
      })
      child.send(step, () => {}) // 'exit' handles a child that has ended
    })
  }

  private start(): ChildProcess {
    const args = programArguments('salvage-process', import.meta.url, [this.from, this.to])
    return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  }
}

/** The smallest key after one. */
const successorOf = (hex: string): string => `${hex}00`
