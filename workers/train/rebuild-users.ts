import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import { encodeInteraction, type RestoreRecord } from '../../schema/records/interaction.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import { Turns } from '../runner/turns.ts'
import { embedKeepsUp } from './refresh-users.ts'
import { ShadowStates, type UserShard } from './shadow-states.ts'

export interface Rebuilt {
  /** Users whose state was rebuilt. */
  readonly users: number
  /**
   * Users whose state was not changed, because it was too large for one record or because the user had new events each
   * time.
   */
  readonly left: number
}

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  readonly authenticator: RecordAuthenticator
  readonly signal?: AbortSignal
  /** Maximum states in memory, about 10 kB each; with more users, the log is read several times. */
  readonly usersMax?: number
}

const usersMaxDefault = 20_000
const readRecords = 500
const chunkUsers = 50
const attemptsMax = 20
const recordBytesMax = 700 * 1024
const pollMs = 20

/**
 * Rebuilds every user's state and list from topic interactions while the pipeline runs: docs/adr/0010-rebuild.md. Each
 * partition is read from its start into states in memory. Each of these is then written to the log as a `restore`
 * record, which has a position in its user's order. The embed stage applies it if no event of that user came between
 * the newest record it includes and itself. The rebuild goes on reading the same log, so it knows without asking
 * whether the restore was applied, and repeats it if not. Running a rebuild twice has the same result.
 *
 * @throws Error if retention has removed a part of the log
 */
export async function rebuildUsers(parts: Parts, commandId: string, embedGroup: string): Promise<Rebuilt> {
  const partitions = await parts.log.partitionCount(topics.interactions)
  const total = { users: 0, left: 0 }
  await requireWholeLog(parts.log)
  for (let partition = 0; partition < partitions; partition++) {
    const slices: UserShard[] = [{ count: 1, index: 0 }]
    for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
      const shadow = new ShadowStates(slice, partitions, parts.authenticator)
      const rebuild = new PartitionRebuild(parts, commandId, embedGroup, partition, shadow)
      await rebuild.readAll((half) => slices.push(half))
      const { users, left } = await rebuild.sendChunk()
      total.users += users
      total.left += left
    }
  }
  return total
}

/** The first record of a complete log may have an offset above 0, because an aborted transaction leaves a gap. */
async function requireWholeLog(log: EventLog): Promise<void> {
  const starts = await log.startOffsets(topics.interactions)
  const partition = starts.findIndex((start) => start > 0)
  if (partition === -1) return
  const start = `partition ${partition} begins at ${starts[partition]}`
  throw new Error(`the log no longer holds every event (${start}): states cannot be made from it alone`)
}

class PartitionRebuild {
  private next = 0
  /** Restore records that were sent but not read back yet, with the newest record that each includes. */
  private readonly sent = new Map<string, number>()
  private readonly attempts = new Map<string, number>()
  private queue: string[] = []
  private users = 0
  private left = 0
  private readonly turns: Turns

  constructor(
    private readonly parts: Parts,
    private readonly commandId: string,
    private readonly embedGroup: string,
    private readonly partition: number,
    private readonly shadow: ShadowStates,
  ) {
    this.turns = new Turns(parts.clock)
  }

  /** Reads to the end of the log, as far as the memory allows; other users are left to a further reading. */
  async readAll(later: (half: UserShard) => void): Promise<void> {
    const { usersMax = usersMaxDefault } = this.parts
    for (;;) {
      const records = await this.read()
      if (records.length === 0) return
      for (const record of records) await this.apply(record)
      while (this.shadow.size > usersMax) later(this.shadow.split())
    }
  }

  async sendChunk(): Promise<Rebuilt> {
    const { log, clock, signal } = this.parts
    this.queue = this.shadow.known()
    while (this.queue.length > 0 || this.sent.size > 0) {
      await this.readOn()
      const records = this.queue.splice(0, chunkUsers).flatMap((userId) => this.toRecord(userId))
      if (records.length > 0) await log.append(topics.interactions, records)
      await embedKeepsUp(this.parts, this.embedGroup, signal)
      if (records.length === 0 && this.sent.size > 0) await clock.sleep(pollMs, signal)
    }
    return { users: this.users, left: this.left }
  }

  private async readOn(): Promise<void> {
    for (let records = await this.read(); records.length > 0; records = await this.read()) {
      for (const record of records) {
        const newest = this.shadow.get(record.key)?.position.offset
        const restored = await this.apply(record)
        if (restored?.commandId === this.commandId) this.recordOutcome(record.key, restored.upTo, newest)
      }
    }
  }

  /**
   * A log that is read without waiting would otherwise be applied in one turn of the event loop, which takes seconds.
   */
  private async apply(record: StoredRecord): Promise<RestoreRecord | undefined> {
    if (this.turns.isDue()) await this.turns.give()
    return this.shadow.apply(record)
  }

  /**
   * Handles a restore record that was read back. @param newest the user's newest record before it; undefined if erased
   * meanwhile
   */
  private recordOutcome(userId: string, upTo: number, newest: number | undefined): void {
    if (this.sent.get(userId) !== upTo) return // an append that was written twice, or an interrupted rebuild
    this.sent.delete(userId)
    if (newest === upTo) this.users += 1
    else if (newest !== undefined) this.queue.push(userId)
  }

  private toRecord(userId: string): LogRecord[] {
    const state = this.shadow.get(userId)
    if (state === undefined) return []
    const attempts = (this.attempts.get(userId) ?? 0) + 1
    const value = encodeRestore(userId, state, this.commandId)
    if (attempts > attemptsMax || value.length > recordBytesMax) {
      this.left += 1
      return []
    }
    this.attempts.set(userId, attempts)
    this.sent.set(userId, state.position.offset)
    const headers = this.parts.authenticator.signed('restore', { key: userId, value })
    return [{ key: userId, value, headers }]
  }

  private async read(): Promise<StoredRecord[]> {
    const { log, signal } = this.parts
    signal?.throwIfAborted()
    const records = await log.read(topics.interactions, this.partition, this.next, readRecords)
    this.next = (records.at(-1)?.offset ?? this.next - 1) + 1
    return records
  }
}

function encodeRestore(userId: string, state: UserState, commandId: string): Uint8Array {
  const { position, profile, recentIds, olderIds, adopted, backfill, forwarded } = state
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return encodeInteraction({
    v: 1,
    kind: 'restore',
    userId,
    commandId,
    upTo: position.offset,
    profile: { ...profile, vector: null },
    recentIds: base64(recentIds),
    olderIds: olderIds.map(base64),
    adopted,
    ...(backfill && { backfill }),
    ...(forwarded && { forwarded }),
  })
}
