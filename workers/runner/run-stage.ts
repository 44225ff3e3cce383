import type { Clock } from '../../platform/ports/clock.ts'
import type { Batch, Consumption, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { TraceSpan, Tracing } from '../../platform/tracing.ts'
import { messageOf } from '../../schema/app-error.ts'
import { traceparentOf } from '../../schema/records/headers.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { Attempts, fatalReason, type Suspects } from './attempts.ts'
import { CompactionGaps } from './compaction-gaps.ts'
import { toDeadLetter } from './dead-letter.ts'
import { append, SliceEmits, withTraceHeaders } from './emits.ts'
import { Linger, lingerPollMs } from './linger.ts'
import { loadStates } from './load-states.ts'
import type { StageMeter } from './meter.ts'
import { newestPerKey } from './newest-per-key.ts'
import { PendingRecords, type Urgency } from './pending-records.ts'
import { rowWriter } from './row-writer.ts'
import type { Emit, OpenStates, Outcome, RowChange, Stage, StateChange, States } from './stage.ts'

export interface StageParts<Input, State, Context> {
  readonly stage: Stage<Input, State, Context>
  readonly openStates: OpenStates<State>
  /** Read once a slice: a model swapped in the meantime serves from the next slice on. */
  readonly context: () => Context
  readonly log: EventLog
  readonly store: Store
  readonly clock: Clock
  readonly meter: StageMeter
  readonly tracing?: Tracing
  /** Resolves when the next slice of a partition may be run, with its size in records. Default: at once. */
  readonly pace?: (partition: number) => Promise<number>
  /** For stages with `backlogKeysMax`. Default: all alike. */
  readonly urgencyOf?: (record: StoredRecord) => Urgency
  /** For stages with `backlogKeysMax`: what is held back for a while. Default: nothing. */
  readonly pacing?: {
    holds(record: StoredRecord): boolean
    /** Called with the records that were run. */
    ranked(records: readonly StoredRecord[]): void
  }
  /** Finds records that end the process (attempts.ts). Default: false. */
  readonly countsAttempts?: boolean
  /** For stages that read a compacted topic: called with records that may cover newer ones of their keys (compaction-gaps.ts). */
  readonly onSuspects?: (records: readonly StoredRecord[]) => Promise<unknown>
  /** Consumer group; the namespace is the log's business. */
  readonly group?: string
}

/** A batch, and what the steps below need beside it. */
interface Run<Input, State, Context> {
  readonly parts: StageParts<Input, State, Context>
  readonly batch: Batch
  readonly states: States<State>
  readonly gaps: CompactionGaps | undefined
}

/** Runs one stage until stopped. Several instances in any processes share the partitions. */
export async function runStage<Input, State, Context>(parts: StageParts<Input, State, Context>): Promise<Consumption> {
  const { stage, log, store, clock } = parts
  const { group = stage.name, onSuspects } = parts
  const attempts = parts.countsAttempts ? new Attempts(stage.name, store, clock) : undefined
  const gaps = onSuspects && new CompactionGaps({ log, group, onSuspects })
  const open = new Map<number, { generation: number; states: States<State> }>()

  const close = (partition: number): void => {
    open.get(partition)?.states.close?.()
    open.delete(partition)
    gaps?.close(partition)
  }

  const statesFor = ({ partition, generation }: Batch): States<State> => {
    // In a new generation every partition is opened anew; those that were lost are not kept in memory.
    for (const [other, held] of open) if (held.generation !== generation) close(other)
    const states = open.get(partition)?.states ?? parts.openStates(partition)
    open.set(partition, { generation, states })
    return states
  }

  return log.consume({ group, topics: [stage.from], batchRecordsMax: stage.batchRecordsMax }, async (batch) => {
    try {
      const run = { parts, batch, states: statesFor(batch), gaps }
      await gaps?.begin(batch)
      const suspects = await attempts?.beginBatch(batch)
      if (suspects !== undefined) await runSingly(run, suspects)
      else await (stage.backlogKeysMax === undefined ? runBatch(run) : runBacklog(run))
    } catch (error) {
      close(batch.partition) // what was saved of this batch is unknown: read it again
      parts.meter.failed(messageOf(error))
      throw error
    }
  })
}

/**
 * All the I/O of all stages, as the list of its steps. The state comes after what follows from it: as long as it does not
 * hold a record, the same records and rows follow from it again, so a crash between two steps costs nothing but duplicates;
 * once it does, all that had to follow is durable, and a replay has nothing left to do.
 */
async function runBatch<Input, State, Context>(run: Run<Input, State, Context>): Promise<void> {
  const { parts, batch } = run
  const { stage, meter, clock } = parts
  const dead: Emit[] = []
  const kept = newestPerKey(stage, batch.records, dead)
  const sliceMax = stage.subBatchRecordsMax ?? Math.max(1, kept.length)
  let deadLetters = dead.length
  for (let at = 0, slice = sliceMax; at === 0 || at < kept.length; at += slice) {
    if (parts.pace) slice = await parts.pace(batch.partition)
    deadLetters += await runSubBatch(run, kept.slice(at, at + slice), at === 0 ? dead : [])
  }
  meter.done(batch, deadLetters, clock.now()) // then, by returning, the promise that we need not be asked again
}

/** Runs a batch that has ended several processes one record at a time, and sets aside the record that did. */
async function runSingly<Input, State, Context>(run: Run<Input, State, Context>, suspects: Suspects): Promise<void> {
  const { parts, batch } = run
  const { stage, log, meter, clock } = parts
  const undecodable: Emit[] = []
  const kept = newestPerKey(stage, batch.records, undecodable)
  if (undecodable.length > 0) await append(log, new Map(), undecodable)
  const deadLetters = await suspects.runEach(kept, async (record, isFatal) => {
    if (!isFatal) return runSubBatch(run, [record], [])
    await append(log, new Map(), [toDeadLetter(stage.name, record, new Error(fatalReason))])
    return 1
  })
  meter.done(batch, undecodable.length + deadLetters, clock.now())
}

/** Runs a batch and all that comes behind it meanwhile, the newest record of each key, urgent ones first. */
async function runBacklog<Input, State, Context>(run: Run<Input, State, Context>): Promise<void> {
  const { parts, batch, gaps } = run
  const { stage, meter, clock } = parts
  let dead: Emit[] = []
  const pending = new PendingRecords({
    newness: stage.conflateBy!,
    urgencyOf: parts.urgencyOf ?? (() => 'live'),
    onBad: (record, error) => dead.push(toDeadLetter(stage.name, record, error)),
    ...(parts.pacing && { holds: (record) => parts.pacing!.holds(record) }),
  })
  const add = (records: readonly StoredRecord[]) => {
    gaps?.see(batch.partition, records)
    pending.add(records)
  }
  pending.add(batch.records)
  const linger = new Linger()
  for (;;) {
    pending.release()
    const isHeld = pending.urgency === undefined && pending.size > 0
    if ((isHeld || (pending.urgency === 'bulk' && linger.holds(pending.size))) && dead.length === 0) {
      await clock.sleep(lingerPollMs)
      const more = batch.readAhead(Math.max(0, Math.min(stage.backlogKeysMax! - pending.size, stage.batchRecordsMax)))
      linger.look(more.length)
      add(more)
      continue
    }
    const undecodable = dead
    dead = []
    const isBulk = pending.urgency === 'bulk'
    const slice = pending.take(stage.subBatchRecordsMax ?? stage.batchRecordsMax)
    if (isBulk) linger.done(slice.length)
    const deadLetters = await runSubBatch(run, slice, undecodable)
    parts.pacing?.ranked(slice)
    const records = [...slice, ...pending.takeSkipped()]
    meter.done({ records }, undecodable.length + deadLetters, clock.now())
    const room = stage.backlogKeysMax! - pending.size
    const ahead = room > 0 ? batch.readAhead(Math.min(room, stage.batchRecordsMax)) : []
    // Before the records just taken in: of these some may be bad, and their dead letters are not written yet.
    const done = pending.firstOffset() ?? ahead[0]?.offset
    add(ahead)
    if (pending.size === 0 && dead.length === 0) return
    if (done !== undefined) batch.commitBefore(done)
  }
}

/** Decides on some records of a batch and carries it out. @returns how many were set aside */
async function runSubBatch<Input, State, Context>(
  run: Run<Input, State, Context>,
  records: readonly StoredRecord[],
  undecodable: readonly Emit[],
): Promise<number> {
  const { parts, batch, states } = run
  const { stage, log, store } = parts
  await run.gaps?.check(batch, records)
  const context = parts.context()
  const dead: Emit[] = []
  const slice = decode(stage, records, context, dead)
  const known = await loadStates(stage, new Set(slice.map(({ owner }) => owner)), states)
  if (known === undefined) {
    const half = records.length >>> 1
    const first = await runSubBatch(run, records.slice(0, half), undecodable)
    return first + (await runSubBatch(run, records.slice(half), []))
  }
  const changes = new Map<string, StateChange<State>>()
  const rows: RowChange[] = []
  const emits = new SliceEmits()
  const spans: TraceSpan[] = []
  let forwarded = 0

  const take = (outcome: Outcome<State>, { record, owner }: Decoded<Input>, span: TraceSpan | undefined) => {
    if (outcome.state !== undefined) {
      changes.set(owner, { key: owner, state: outcome.state, position: record })
      if (outcome.state === null) known.delete(owner)
      else known.set(owner, outcome.state)
    }
    if (outcome.forwarded) forwarded++
    if (outcome.rows) rows.push(...outcome.rows)
    if (outcome.emits)
      for (const emit of outcome.emits) emits.add({ emit: withTraceHeaders(emit, record, span), record })
  }
  const takeEach = (each: readonly Decoded<Input>[]) => {
    for (const one of each) {
      const span = parts.tracing?.follow(stage.name, traceparentOf(one.record.headers))
      if (span) spans.push(span)
      const outcome = decide(parts, one.record, one.input, known.get(one.owner), context, dead)
      if (outcome !== undefined) take(outcome, one, span)
    }
  }

  if (stage.runMany === undefined) takeEach(slice)
  else {
    for (const group of byOwner(slice)) {
      const together = decideMany(parts, group, known.get(group[0]!.owner), context)
      if (together === undefined) takeEach(group)
      else take(together, group.at(-1)!, undefined)
    }
  }

  if (!batch.isOwned()) throw new Error(`${stage.name}: partition ${batch.partition} has moved to another worker`)
  const encoded = emits.encode(stage.name, dead)
  await append(log, encoded, [...undecodable, ...dead]) // first what others learn from these records,
  if (rows.length > 0) await rowWriter(store)(rows)
  if (changes.size > 0) await states.save([...changes.values()]) // then that they have been applied,
  for (const span of spans) span.end()
  if (forwarded > 0) parts.meter.forwarded(batch, forwarded, parts.clock.now())
  return dead.length
}

interface Decoded<Input> {
  readonly record: StoredRecord
  /** Whose state it changes. */
  readonly owner: string
  readonly input: Input
}

function decode<I, S, C>(
  stage: Stage<I, S, C>,
  records: readonly StoredRecord[],
  context: C,
  dead: Emit[],
): Decoded<I>[] {
  const decoded: Decoded<I>[] = []
  for (const record of records) {
    try {
      if (record.undecodable !== undefined) throw new RecordError(`batch: ${record.undecodable}`)
      const input = stage.decode(record)
      const owner = stage.keyOf?.(input, record, context) ?? record.key
      if (owner !== '') decoded.push({ record, input, owner })
    } catch (error) {
      dead.push(toDeadLetter(stage.name, record, error))
    }
  }
  return decoded
}

function byOwner<I>(decoded: readonly Decoded<I>[]): Iterable<readonly Decoded<I>[]> {
  const groups = new Map<string, Decoded<I>[]>()
  for (const one of decoded) {
    const group = groups.get(one.owner)
    if (group) group.push(one)
    else groups.set(one.owner, [one])
  }
  return groups.values()
}

/** @returns undefined where they have to be decided on one by one: to set a bad one aside, or to follow each. */
function decideMany<Input, State, Context>(
  { stage, tracing }: StageParts<Input, State, Context>,
  group: readonly Decoded<Input>[],
  before: State | undefined,
  context: Context,
): Outcome<State> | undefined {
  if (tracing && group.some(({ record }) => traceparentOf(record.headers) !== undefined)) return undefined
  try {
    return stage.runMany!(
      group.map(({ input }) => input),
      before,
      context,
    )
  } catch {
    return undefined
  }
}

/** A decision that throws would throw again: the record is set aside with the reason, and the partition goes on. */
function decide<Input, State, Context>(
  { stage, clock }: StageParts<Input, State, Context>,
  record: StoredRecord,
  input: Input,
  before: State | undefined,
  context: Context,
  dead: Emit[],
): Outcome<State> | undefined {
  const { key, partition, offset, appendedAt, headers } = record
  try {
    return stage.run(
      input,
      { key, position: { partition, offset }, appendedAt, now: clock.now(), headers },
      before,
      context,
    )
  } catch (error) {
    dead.push(toDeadLetter(stage.name, record, error))
    return undefined
  }
}
