import type { LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeRecords } from './decode-records.ts'
import { append, SliceEmits, withTraceHeaders } from './emits.ts'
import { type Urgency, urgencies } from './pending-records.ts'
import { byOwner, decide, requireOwned, runDecoded } from './run-slice.ts'
import type { Decoded, Emit } from './stage.ts'
import type { Run } from './stage-parts.ts'
import { Turns } from './turns.ts'

/**
 * Maximum records of one owner that are decided on before their turn. An owner with more waiting records keeps its
 * turn.
 */
export const aheadRecordsMax = 64
/** Maximum owners with decisions before their turn; each holds a state in memory. */
export const aheadOwnersMax = 256
/** Bytes of values above which nothing more is read ahead. */
export const waitingBytesMax = 16 * 1024 * 1024
/** Interval at which more records are read while a slice is written, ms. */
const pollMs = 3

interface Waiting<Input> extends Decoded<Input> {
  readonly urgency: Urgency
}

/** The newest record of an owner that was decided on before its turn, and the state after it. */
interface Ahead<State> {
  readonly offset: number
  readonly state: State | undefined
}

/**
 * Runs a batch and the records that arrive meanwhile in the order of the log, slice by slice. A record that is more
 * urgent than one before it does not wait for its turn (Stage.ahead): it is decided on at once, on the state after all
 * earlier records of its owner, and only the emits that a visitor waits for are emitted. The other emits and the state
 * are written in the turn of the record, so that they are in the order of the log. After a crash in between, the same
 * decision is made again.
 */
export async function runInOrder<Input, State, Context>(run: Run<Input, State, Context>): Promise<void> {
  await new InOrderRun(run).toEnd()
}

class InOrderRun<Input, State, Context> {
  /** In the order of the log. */
  private waiting: Waiting<Input>[] = []
  private waitingBytes = 0
  /** How many wait, by urgency. */
  private readonly counts: Record<Urgency, number> = { watched: 0, live: 0, bulk: 0 }
  /** Skipped records since the last slice, and their dead letters. */
  private passedOver: StoredRecord[] = []
  private undecodable: Emit[] = []
  /** Owners of records that arrived after less urgent ones and have not been decided on. */
  private readonly urgent = new Set<string>()
  private readonly ahead = new Map<string, Ahead<State>>()

  constructor(private readonly run: Run<Input, State, Context>) {}

  async toEnd(): Promise<void> {
    const { batch, parts } = this.run
    const sliceMax = parts.stage.subBatchRecordsMax ?? parts.stage.batchRecordsMax
    await this.add(batch.records)
    while (this.waiting.length > 0 || this.passedOver.length > 0) {
      await this.carryOut(this.waiting.slice(0, sliceMax))
      await this.readAhead()
    }
  }

  private async carryOut(slice: readonly Waiting<Input>[]): Promise<void> {
    const { parts, batch } = this.run
    const { undecodable, passedOver } = this
    this.undecodable = []
    this.passedOver = []
    const emitted = this.emit(await this.decideAhead(noOwners)) // decided before the slice reads or writes a state
    const has = ({ topic }: Emit, { owner, record }: Decoded<Input>) =>
      topic === parts.stage.ahead?.topic && (this.ahead.get(owner)?.offset ?? -1) >= record.offset
    const ran = runDecoded({ ...this.run, ahead: { emitted, has } }, slice, undecodable)
    const running = new Set(slice.map(({ owner }) => owner))
    const ended = await Promise.allSettled([emitted, ran, this.goOnUntil(ran, running)]) // none outlives its batch
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    const records = [...slice.map(({ record }) => record), ...passedOver]
    parts.meter.done({ records }, undecodable.length + (await ran), parts.clock.now())
    this.forget(slice)
    const next = this.waiting[0]
    if (next && this.undecodable.length === 0) batch.commitBefore(next.record.offset)
  }

  /** Reads new records and emits for the urgent ones, until the slice is written. */
  private async goOnUntil(ran: Promise<unknown>, running: ReadonlySet<string>): Promise<void> {
    let settled = false
    const settle = () => {
      settled = true
    }
    const end = ran.then(settle, settle)
    for (;;) {
      const woken = new AbortController()
      await Promise.race([end, this.run.parts.clock.sleep(pollMs, woken.signal)])
      woken.abort()
      if (settled) return
      await this.readAhead()
      await this.emit(await this.decideAhead(running))
    }
  }

  /**
   * Decides on the urgent records that wait behind less urgent ones.
   *
   * @param running owners whose states a slice is about to write: they cannot be read now, and wait for the next call
   * @returns the emits that may be written before their turn
   */
  private async decideAhead(running: ReadonlySet<string>): Promise<Encoded> {
    const { urgent, ahead } = this
    const { parts, states } = this.run
    const due = new Set([...urgent].filter((owner) => ahead.has(owner) || !running.has(owner)))
    if (due.size === 0) return nothing
    for (const owner of due) urgent.delete(owner)
    let room = aheadOwnersMax - ahead.size
    const allowed = [...byOwner(this.waiting.filter(({ owner }) => due.has(owner)))].filter(
      ([owner, own]) => this.mayGoAhead(own) && (ahead.has(owner) || room-- > 0),
    )
    const stored = await states.load(allowed.map(([owner]) => owner).filter((owner) => !ahead.has(owner)))
    const turns = new Turns(parts.clock)
    const emits = new SliceEmits()
    for (const [owner, own] of allowed) {
      if (turns.isDue()) await turns.give()
      ahead.set(owner, this.decideFor(own, ahead.get(owner) ?? { offset: -1, state: stored.get(owner) }, emits))
    }
    const encoded = await emits.encode(turns)
    if ('error' in encoded) {
      for (const [owner] of allowed) ahead.delete(owner) // nothing is emitted, so all of them keep their turn
      return nothing
    }
    return encoded.records
  }

  private mayGoAhead(own: readonly Waiting<Input>[]): boolean {
    const { ahead } = this.run.parts.stage
    return ahead !== undefined && own.length <= aheadRecordsMax && own.every(({ input }) => ahead.allows(input))
  }

  /**
   * Adds to `emits` the emits of those records of one owner that are newer than `from`. @returns the newest record and
   * the state after it
   */
  private decideFor(own: readonly Waiting<Input>[], from: Ahead<State>, emits: SliceEmits): Ahead<State> {
    const { parts } = this.run
    const { topic } = parts.stage.ahead!
    const context = parts.context()
    let { offset, state } = from
    for (const { record, input } of own) {
      if (record.offset <= offset) continue
      offset = record.offset
      const outcome = decide(parts, record, input, state, context, [])
      if (outcome?.state !== undefined) state = outcome.state ?? undefined
      for (const emit of outcome?.emits ?? [])
        if (emit.topic === topic) emits.add(withTraceHeaders(emit, record, undefined))
    }
    return { offset, state }
  }

  private async emit(records: Encoded): Promise<void> {
    if (records.size === 0) return
    const { parts, batch } = this.run
    requireOwned(batch, parts.stage.name)
    await append(parts.log, records)
  }

  /** Records that were run. */
  private forget(slice: readonly Waiting<Input>[]): void {
    this.waiting = this.waiting.slice(slice.length)
    for (const { owner, record, urgency } of slice) {
      this.counts[urgency]--
      this.waitingBytes -= bytesOf(record)
      if (this.ahead.get(owner)?.offset === record.offset) this.ahead.delete(owner)
    }
  }

  private async readAhead(): Promise<void> {
    const { parts, batch } = this.run
    const { backlogMax, batchRecordsMax } = parts.stage
    const room = this.waitingBytes >= waitingBytesMax ? 0 : backlogMax! - this.waiting.length
    if (room > 0) await this.add(batch.readAhead(Math.min(room, batchRecordsMax)))
  }

  private async add(records: readonly StoredRecord[]): Promise<void> {
    const { parts } = this.run
    const { urgencyOf = () => 'live' } = parts
    const { slice, dead } = await decodeRecords(parts, records)
    for (const decoded of slice) this.put({ ...decoded, urgency: urgencyOf(decoded.record) })
    const run = new Set(slice.map(({ record }) => record))
    this.passedOver.push(...records.filter((record) => !run.has(record)))
    this.undecodable.push(...dead)
  }

  private put(waiting: Waiting<Input>): void {
    const { owner, record, urgency } = waiting
    const lessUrgent = urgencies.slice(urgencies.indexOf(urgency) + 1)
    if (lessUrgent.some((other) => this.counts[other] > 0)) this.urgent.add(owner)
    this.waiting.push(waiting)
    this.counts[urgency]++
    this.waitingBytes += bytesOf(record)
  }
}

type Encoded = ReadonlyMap<string, readonly LogRecord[]>

const nothing: Encoded = new Map()
const noOwners: ReadonlySet<string> = new Set()
const bytesOf = ({ value }: StoredRecord): number => value?.length ?? 0
