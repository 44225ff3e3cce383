import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { toDeadLetter } from './dead-letter.ts'
import { PendingRecords } from './pending-records.ts'
import { runSlice } from './run-slice.ts'
import type { Emit } from './stage.ts'
import type { Run } from './stage-parts.ts'

/** Maximum slices whose emits are being written while the next one is decided on. */
export const slicesInFlightMax = 8
/** Slices between two commits; a commit searches for the oldest record that still waits. */
const commitEverySlices = 8
/** Interval at which more records are read while none is due, ms. */
const pollMs = 3

/** A slice that is being written. */
interface Flight {
  readonly firstOffset: number
  readonly keys: ReadonlySet<string>
  readonly done: Promise<void>
}

interface BadRecord {
  readonly offset: number
  readonly letter: Emit
}

/**
 * Runs a batch and all records that arrive meanwhile, the newest record of each key, urgent ones first. The next slice
 * is decided on while the previous ones are written, so that the stage does not wait for the disk or the brokers. Two
 * slices with the same key are never written at once, so that an older result cannot follow a newer one.
 */
export async function runBacklog<Input, State, Context>(run: Run<Input, State, Context>): Promise<void> {
  await new BacklogRun(run).toEnd()
}

class BacklogRun<Input, State, Context> {
  private readonly pending: PendingRecords
  private readonly inFlight = new Set<Flight>()
  private bad: BadRecord[] = []
  private slices = 0
  private failure: { readonly error: unknown } | undefined

  constructor(private readonly run: Run<Input, State, Context>) {
    const { stage, urgencyOf = () => 'live', pacing } = run.parts
    this.pending = new PendingRecords({
      newness: stage.conflateBy!,
      urgencyOf,
      onBad: (record, error) => {
        this.bad.push({ offset: record.offset, letter: toDeadLetter(stage.name, record, error) })
      },
      ...(pacing && { holds: (record) => pacing.holds(record) }),
    })
  }

  /** @throws the error of a slice, once no other slice is being written */
  async toEnd(): Promise<void> {
    const { pending, inFlight } = this
    const { stage, clock } = this.run.parts
    const sliceMax = stage.subBatchRecordsMax ?? stage.batchRecordsMax
    pending.add(this.run.batch.records)
    try {
      for (;;) {
        if (this.failure !== undefined) throw this.failure.error
        pending.look()
        const slice = pending.take(sliceMax)
        if (slice.length > 0 || this.bad.length > 0) await this.start(slice)
        else if (pending.size > 0) await clock.sleep(pollMs)
        else if (inFlight.size > 0) await Promise.race([...inFlight].map(({ done }) => done))
        else return
        this.readAhead()
      }
    } finally {
      await Promise.all([...inFlight].map(({ done }) => done)) // none outlives its batch
    }
  }

  private async start(slice: readonly StoredRecord[]): Promise<void> {
    const { pending, inFlight, bad } = this
    const { parts, batch, gaps } = this.run
    this.bad = []
    await gaps?.check(batch, slice) // one slice after the other: a hole concerns all that stands before it
    const records = [...slice, ...pending.takeSkipped()]
    const flight: Flight = {
      firstOffset: Math.min(...[...slice, ...bad].map(({ offset }) => offset)),
      keys: new Set(slice.map(({ key }) => key)),
      done: this.roomFor(slice)
        .then(() => this.carryOut(slice, bad))
        .then((deadLetters) => parts.meter.done({ records }, deadLetters, parts.clock.now()))
        .catch((error: unknown) => {
          this.failure ??= { error }
        })
        .finally(() => inFlight.delete(flight)),
    }
    inFlight.add(flight)
    if (inFlight.size >= slicesInFlightMax) await Promise.race([...inFlight].map(({ done }) => done))
    else await parts.clock.sleep(0)
    if (++this.slices % commitEverySlices > 0) return
    const done = this.firstOffset()
    if (done !== undefined && this.failure === undefined) batch.commitBefore(done)
  }

  /** Resolves once no slice with one of the keys is being written. */
  private async roomFor(slice: readonly StoredRecord[]): Promise<void> {
    const before = [...this.inFlight].filter(({ keys }) => slice.some(({ key }) => keys.has(key)))
    if (before.length > 0) await Promise.all(before.map(({ done }) => done))
    if (this.failure !== undefined) throw this.failure.error
  }

  private async carryOut(slice: readonly StoredRecord[], bad: readonly BadRecord[]): Promise<number> {
    const letters = bad.map(({ letter }) => letter)
    const deadLetters = await runSlice(this.run, slice, letters)
    this.run.parts.pacing?.ranked(slice)
    return letters.length + deadLetters
  }

  private readAhead(): void {
    const { parts, batch, gaps } = this.run
    const { backlogMax, batchRecordsMax } = parts.stage
    const room = backlogMax! - this.pending.size
    if (room <= 0) return
    const records = batch.readAhead(Math.min(room, batchRecordsMax))
    gaps?.see(batch.partition, records)
    this.pending.add(records)
  }

  /** The offset of the oldest record whose slice is not written; undefined if there is none. */
  private firstOffset(): number | undefined {
    const offsets = [...this.inFlight].map(({ firstOffset }) => firstOffset)
    for (const { offset } of this.bad) offsets.push(offset)
    const waiting = this.pending.firstOffset()
    if (waiting !== undefined) offsets.push(waiting)
    return offsets.length === 0 ? undefined : Math.min(...offsets)
  }
}
