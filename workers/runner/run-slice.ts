import type { Batch, StoredRecord } from '../../platform/ports/event-log.ts'
import type { TraceSpan } from '../../platform/tracing.ts'
import { traceparentOf } from '../../schema/records/headers.ts'
import { toDeadLetter } from './dead-letter.ts'
import { decodeRecords } from './decode-records.ts'
import { appendDeadLetters, SliceEmits, withDeadLetters, withTraceHeaders } from './emits.ts'
import { loadStates } from './load-states.ts'
import type { Decoded, Emit, Outcome, RowChange, StateChange } from './stage.ts'
import type { Run, StageParts } from './stage-parts.ts'
import { Turns } from './turns.ts'
import { writeSlice } from './write-slice.ts'

/** Decodes some records of a batch and runs them (runDecoded). @returns the number of dead letters beside `undecodable` */
export async function runSlice<Input, State, Context>(
  run: Run<Input, State, Context>,
  records: readonly StoredRecord[],
  undecodable: readonly Emit[],
): Promise<number> {
  const { slice, dead } = await decodeRecords(run.parts, records)
  return dead.length + (await runDecoded(run, slice, [...undecodable, ...dead]))
}

/**
 * Decides on decoded records of a batch, encodes the results, and only then writes anything. A record with an outcome
 * that cannot be encoded becomes a dead letter and has no other effect: the slice is divided until that record is
 * alone.
 *
 * @param undecodable dead letters to be written with it
 * @returns the number of dead letters in addition to these
 */
export async function runDecoded<Input, State, Context>(
  run: Run<Input, State, Context>,
  slice: readonly Decoded<Input>[],
  undecodable: readonly Emit[],
): Promise<number> {
  const { parts, batch, states, ahead } = run
  const { stage, log } = parts
  const context = parts.context()
  const dead: Emit[] = []
  const turns = new Turns(parts.clock)
  const known = await loadStates(stage, new Set(slice.map(({ owner }) => owner)), states)
  if (known === undefined) return runHalves(run, slice, undecodable)
  const changes = new Map<string, StateChange<State>>()
  const rows: RowChange[] = []
  const emits = new SliceEmits()
  const spans: TraceSpan[] = []
  let forwarded = 0
  let unverified = 0

  const take = (outcome: Outcome<State>, decoded: Decoded<Input>, span: TraceSpan | undefined) => {
    const { record, owner } = decoded
    if (outcome.state !== undefined) {
      changes.set(owner, { key: owner, state: outcome.state, position: record })
      if (outcome.state === null) known.delete(owner)
      else known.set(owner, outcome.state)
    }
    if (outcome.forwarded) forwarded++
    if (outcome.unverified) unverified++
    if (outcome.rows) rows.push(...outcome.rows)
    for (const emit of outcome.emits ?? [])
      if (!ahead?.has(emit, decoded)) emits.add(withTraceHeaders(emit, record, span))
  }
  const takeEach = async (each: readonly Decoded<Input>[]) => {
    for (const one of each) {
      if (turns.isDue()) await turns.give()
      const span = parts.tracing?.follow(stage.name, traceparentOf(one.record.headers))
      if (span) spans.push(span)
      const outcome = decide(parts, one.record, one.input, known.get(one.owner), context, dead)
      if (outcome !== undefined) take(outcome, one, span)
    }
  }

  if (stage.runMany === undefined) await takeEach(slice)
  else {
    for (const group of byOwner(slice).values()) {
      if (turns.isDue()) await turns.give()
      const together = decideMany(parts, group, known.get(group[0]!.owner), context)
      if (together === undefined) await takeEach(group)
      else take(together, group.at(-1)!, undefined)
    }
  }

  const encoded = await emits.encode(turns)
  if ('error' in encoded && slice.length > 1) return runHalves(run, slice, undecodable)
  requireOwned(batch, stage.name)
  if ('error' in encoded) {
    await appendDeadLetters(log, [...undecodable, toDeadLetter(stage.name, slice[0]!.record, encoded.error)])
    return 1
  }
  withDeadLetters(encoded.records, [...undecodable, ...dead])
  await ahead?.emitted // what is written includes the records that it follows from
  await writeSlice(parts, states, { records: encoded.records, rows, changes: [...changes.values()] })
  for (const span of spans) span.end()
  if (forwarded > 0) parts.meter.forwarded(batch, forwarded, parts.clock.now())
  if (unverified > 0) parts.meter.unverified(batch, unverified, parts.clock.now())
  return dead.length
}

async function runHalves<Input, State, Context>(
  run: Run<Input, State, Context>,
  slice: readonly Decoded<Input>[],
  undecodable: readonly Emit[],
): Promise<number> {
  const half = slice.length >>> 1
  const first = await runDecoded(run, slice.slice(0, half), undecodable)
  return first + (await runDecoded(run, slice.slice(half), []))
}

/** @throws if another worker has taken over the partition: then nothing may be written */
export function requireOwned({ isOwned, partition }: Batch, stage: string): void {
  if (!isOwned()) throw new Error(`${stage}: partition ${partition} has moved to another worker`)
}

/** Groups records by owner, keeping their order. */
export function byOwner<One extends { readonly owner: string }>(decoded: readonly One[]): Map<string, One[]> {
  const groups = new Map<string, One[]>()
  for (const one of decoded) {
    const group = groups.get(one.owner)
    if (group) group.push(one)
    else groups.set(one.owner, [one])
  }
  return groups
}

/** @returns undefined if the records must be run one by one, because one of them is invalid or is traced */
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

/** A decision that throws would throw on every retry: the record becomes a dead letter, and the partition continues. */
export function decide<Input, State, Context>(
  { stage, clock }: StageParts<Input, State, Context>,
  record: StoredRecord,
  input: Input,
  before: State | undefined,
  context: Context,
  dead: Emit[],
): Outcome<State> | undefined {
  const { key, partition, offset, appendedAt, value, headers } = record
  try {
    return stage.run(
      input,
      { key, position: { partition, offset }, appendedAt, now: clock.now(), value, headers },
      before,
      context,
    )
  } catch (error) {
    dead.push(toDeadLetter(stage.name, record, error))
    return undefined
  }
}
