import { PerformanceObserver } from 'node:perf_hooks'
import type { EventLog } from '../../platform/ports/event-log.ts'

/** Cost of a piece of work in this process, in microseconds. */
export interface Cost {
  /** Processor time of all threads: stages, writer, and V8's helper threads. */
  readonly cpu: number
  /**
   * Pauses of this thread for garbage collection; V8's helper threads, which do part of that work, are in `cpu`
   * alone.
   */
  readonly gc: number
}

/** Sums the cost between start() and its result. */
export class CostMeter {
  private gcMs = 0
  private readonly observer = new PerformanceObserver((list) => this.add(list.getEntries()))

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] })
  }

  async measure(work: () => Promise<unknown>): Promise<Cost> {
    await this.collectPending()
    this.gcMs = 0
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    await this.collectPending()
    return { cpu: user + system, gc: this.gcMs * 1000 }
  }

  stop(): void {
    this.observer.disconnect()
  }

  /** Node reports a collection in a later turn of the event loop. */
  private async collectPending(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
    this.add(this.observer.takeRecords())
  }

  private add(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) this.gcMs += duration
  }
}

/** Returns `whole` without `idle`, the cost of the same run without work. At least 0. */
export function costBeyond(whole: Cost, idle: Cost): Cost {
  return { cpu: Math.max(0, whole.cpu - idle.cpu), gc: Math.max(0, whole.gc - idle.gc) }
}

const pollMs = 5

/** Resolves once a group has committed a topic to its end. @throws Error after `msMax` */
export async function through(log: EventLog, group: string, topic: string, msMax = 120_000): Promise<void> {
  for (const until = performance.now() + msMax; ; ) {
    const [ends, done] = await Promise.all([log.endOffsets(topic), log.committedOffsets(group, topic)])
    if (ends.every((end, partition) => (done[partition] ?? 0) >= end)) return
    if (performance.now() > until) throw new Error(`stage ${group} had not processed its topic after ${msMax} ms`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
