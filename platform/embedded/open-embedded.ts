import type { MessagePort } from 'node:worker_threads'
import type { OutageLog } from '../outage-log.ts'
import { type Clock, systemClock } from '../ports/clock.ts'
import type { EventLog } from '../ports/event-log.ts'
import type { Store } from '../ports/store.ts'
import type { WriteTogether } from '../ports/write-together.ts'
import { backupEnvironment, type EmbeddedStats, statsOf } from './backup.ts'
import type { CompactionOptions } from './compaction.ts'
import { type FolderLock, lockFolder, openCoordination } from './coordination.ts'
import { EmbeddedLog } from './embedded-log.ts'
import { EmbeddedStore } from './embedded-store.ts'
import { openEnvironment } from './environment.ts'
import { maintain } from './maintenance.ts'
import { makeWritableFolder } from './private-files.ts'
import { Signals } from './signals.ts'
import { TopicReader } from './topic-reader.ts'
import { verifyFolder } from './verify.ts'
import { WriteQueue } from './write-queue.ts'
import { embeddedWriteTogether } from './write-together.ts'

export interface EmbeddedOptions {
  readonly dir: string
  /** Locks the folder for this process; other threads of the process open it with `false`. Default: true. */
  readonly lock?: boolean
  /** Verifies the data before it is used, see verify.ts. Default: false. */
  readonly verify?: boolean
  readonly clock?: Clock
  /** Maximum size of the data file; only address space is reserved. Default: 1 TiB. */
  readonly mapBytes?: number
  /** Maximum bytes of writes that wait for the disk; further writes are rejected. Default: 64 MiB. */
  readonly queuedBytesMax?: number
  /** Minimum free space of the disk; with less, writes are rejected. Default: 64 MiB. */
  readonly freeBytesMin?: number
  /** How long removals are kept, so that they win over late writes. Default: 10 days, as in Cassandra. */
  readonly graceMs?: number
  /**
   * From connectWriter() of another thread that has the folder open: both then share commits. Default: an own writer.
   */
  readonly writer?: MessagePort
  /** Heartbeat interval of group members; also how soon the exit of another process is noticed. Default: 500. */
  readonly heartbeatMs?: number
  /** A member without a heartbeat for this time is evicted. Default: 10,000. */
  readonly leaseMs?: number
  /** Polling interval for records of other processes. Threads of one process are woken at once. Default: 250. */
  readonly pollMs?: number
  /** Whether this thread compacts, expires and purges. Exactly one must. Default: `lock`. */
  readonly maintain?: boolean
  /** Interval of maintenance. Default: 5,000. */
  readonly maintainEveryMs?: number
  readonly compaction?: Partial<CompactionOptions>
  /** Called with errors of background work, which is retried. */
  readonly onError?: (error: unknown) => void
  /** Logs writes that fail. Default: they are not logged. */
  readonly outages?: OutageLog
}

export interface Embedded {
  readonly log: EventLog
  readonly store: Store
  readonly writeTogether: WriteTogether
  stats(): Promise<EmbeddedStats>
  /** @throws AppError UNAVAILABLE, with the reason as its cause, if the folder accepts no writes at present */
  checkWritable(): Promise<void>
  /** Returns a port for another thread of this process, to be transferred to it as its `writer`. */
  connectWriter(): MessagePort
  /** Copies the data while it is in use: backup.ts. */
  backup(to: string): Promise<void>
  /** Ends all consumptions, writes what is queued, and unlocks the folder. */
  close(): Promise<void>
}

const hour = 3_600_000
const day = 24 * hour

const compactionDefaults: CompactionOptions = {
  recordsMin: 5_000,
  lagMsMax: hour,
  tombstoneGraceMs: day,
  keysMax: 100_000,
}

/**
 * Opens the log and the store in one folder, over one LMDB environment.
 *
 * Several threads of a process may have it open at once, and other processes for reading. A resolved write is
 * durable.
 * @throws AppError UNAVAILABLE, not retriable: with `lock` if another process holds the folder or this one may not
 *   write in it, and with `verify` if the folder is damaged
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dir, lock = true, clock = systemClock, mapBytes, graceMs = 10 * day } = options
  const { queuedBytesMax = 64 * 1024 * 1024, freeBytesMin = 64 * 1024 * 1024 } = options
  const { heartbeatMs = 500, leaseMs = 10_000, pollMs = 250, onError = () => {}, outages } = options
  if (lock) makeWritableFolder(dir)
  const coordination = openCoordination(dir)
  let held: FolderLock | undefined
  if (lock) held = await orClose(() => lockFolder(coordination, dir, clock))
  if (options.verify) await orClose(() => verifyFolder(dir))
  const env = openEnvironment({ dir, mapBytes })
  const queue = new WriteQueue({ dir, mapBytes, queuedBytesMax, freeBytesMin, writer: options.writer, outages })
  const signals = new Signals(dir)
  const reader = new TopicReader(env)
  const maintenance = (options.maintain ?? lock) ? startMaintenance() : undefined
  const inUse = new Set(['log', 'store'])
  const log = new EmbeddedLog(
    { coordination, reader, queue, signals, clock, options: { heartbeatMs, leaseMs, pollMs }, onError },
    () => release('log'),
  )
  const store = new EmbeddedStore({ env, queue, clock, graceMs }, () => release('store'))
  return {
    log,
    store,
    writeTogether: embeddedWriteTogether({ reader, queue, clock, graceMs }),
    stats: () => statsOf(env, dir),
    checkWritable: () => queue.checkWritable(),
    connectWriter: () => queue.connect(),
    backup: (to) => backupEnvironment(env, to),
    close: async () => {
      await log.close()
      await store.close()
    },
  }

  async function orClose<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      held?.release()
      await coordination.close()
      throw error
    }
  }

  function startMaintenance() {
    const compaction = { ...compactionDefaults, ...options.compaction }
    const { maintainEveryMs: everyMs = 5_000 } = options
    return maintain({ env, reader, queue, clock, options: compaction, everyMs, onError })
  }

  /** Unlocks the folder once both ports are closed. */
  async function release(port: string) {
    if (!inUse.delete(port)) return
    const isLast = inUse.size === 0
    if (isLast) await maintenance?.stop()
    await queue.flush()
    if (!isLast) return
    await queue.close()
    signals.close()
    await env.root.close()
    held?.release()
    await coordination.close()
  }
}
