import type { Clock } from '../../platform/ports/clock.ts'
import type { Batch, Consumption, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { Hop, Tracing } from '../../platform/tracing.ts'
import { messageOf } from '../../schema/app-error.ts'
import { topics } from '../../schema/topics.ts'
import { toDeadLetter } from './dead-letter.ts'
import type { StageMeter } from './meter.ts'
import { rowWriter } from './row-writer.ts'
import type { Emit, Outcome, RowChange, Stage, StateChange, States } from './stage.ts'

export interface StageParts<Input, State, Context> {
  readonly stage: Stage<Input, State, Context>
  readonly states: States<State>
  /** Read once a batch: a model swapped in the meantime serves from the next batch on. */
  readonly context: () => Context
  readonly log: EventLog
  readonly store: Store
  readonly clock: Clock
  readonly meter: StageMeter
  readonly tracing?: Tracing
  /** Consumer group; the namespace is the log's business. */
  readonly group?: string
}

/** Runs one stage until stopped. Several instances in any processes share the partitions. */
export async function runStage<Input, State, Context>(parts: StageParts<Input, State, Context>): Promise<Consumption> {
  const { stage, log } = parts
  const generations = new Map<number, number>()
  return log.consume(
    { group: parts.group ?? stage.name, topics: [stage.from], batchRecordsMax: stage.batchRecordsMax },
    async (batch) => {
      if (generations.get(batch.partition) !== batch.generation) {
        generations.set(batch.partition, batch.generation)
        parts.states.forget()
      }
      try {
        await runBatch(parts, batch)
      } catch (error) {
        parts.states.forget() // what was saved of this batch is unknown: read it again
        parts.meter.failed(messageOf(error))
        throw error
      }
    },
  )
}

/** All the I/O of all stages, as the list of its steps. */
async function runBatch<Input, State, Context>(parts: StageParts<Input, State, Context>, batch: Batch): Promise<void> {
  const { stage, log, store, meter, clock } = parts
  const context = parts.context()
  const dead: Emit[] = []
  const decoded = decode(stage, batch.records, dead)
  const kept = stage.conflate === 'newest-per-key' ? newestPerKey(decoded) : decoded

  for (const round of roundsOf(kept, stage.perKeyMax ?? Number.POSITIVE_INFINITY)) {
    const known = new Map(await parts.states.load(distinctKeys(round)))
    const changes = new Map<string, StateChange<State>>()
    const rows: RowChange[] = []
    const emits: Emit[] = []
    const hops: Hop[] = []

    for (const { record, input, owner } of round) {
      const hop = parts.tracing?.follow(stage.name, record.headers.traceparent)
      if (hop) hops.push(hop)
      const outcome = decide(parts, record, input, known.get(owner), context, dead)
      if (outcome === undefined) continue
      if (outcome.state !== undefined) {
        changes.set(owner, { key: owner, state: outcome.state, position: record })
        if (outcome.state === null) known.delete(owner)
        else known.set(owner, outcome.state)
      }
      if (outcome.rows) rows.push(...outcome.rows)
      if (outcome.emits) for (const emit of outcome.emits) emits.push(inheriting(emit, record, hop))
    }

    if (!batch.isOwned()) throw new Error(`${stage.name}: partition ${batch.partition} has moved to another worker`)
    if (changes.size > 0) await parts.states.save([...changes.values()]) // first the state,
    if (rows.length > 0) await rowWriter(store)(rows)
    await append(log, emits) // then what others may see,
    for (const hop of hops) hop.end()
    await batch.heartbeat()
  }

  await append(log, dead)
  meter.done(batch, dead.length, clock.now()) // then, by returning, the promise that we need not be asked again
}

interface Decoded<Input> {
  readonly record: StoredRecord
  /** Whose state it changes. */
  readonly owner: string
  readonly input: Input
}

function decode<I, S, C>(stage: Stage<I, S, C>, records: readonly StoredRecord[], dead: Emit[]): Decoded<I>[] {
  const decoded: Decoded<I>[] = []
  for (const record of records) {
    try {
      const input = stage.decode(record)
      const owner = stage.keyOf?.(input, record) ?? record.key
      if (owner !== '') decoded.push({ record, input, owner })
    } catch (error) {
      dead.push(toDeadLetter(stage.name, record, error))
    }
  }
  return decoded
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

function newestPerKey<I>(decoded: readonly Decoded<I>[]): Decoded<I>[] {
  const newest = new Map<string, Decoded<I>>()
  for (const one of decoded) newest.set(one.record.key, one)
  return decoded.filter((one) => newest.get(one.record.key) === one)
}

/** Cuts a batch so that no key comes more than `perKeyMax` times in one round; the order of each key stays. */
function roundsOf<I>(decoded: readonly Decoded<I>[], perKeyMax: number): Decoded<I>[][] {
  const rounds: Decoded<I>[][] = []
  let round: Decoded<I>[] = []
  let counts = new Map<string, number>()
  for (const one of decoded) {
    const count = (counts.get(one.owner) ?? 0) + 1
    if (count > perKeyMax) {
      rounds.push(round)
      round = []
      counts = new Map([[one.owner, 1]])
    } else {
      counts.set(one.owner, count)
    }
    round.push(one)
  }
  if (round.length > 0) rounds.push(round)
  return rounds
}

const distinctKeys = (round: readonly Decoded<unknown>[]): string[] => [
  ...new Set(round.map(({ record }) => record.key)),
]

/** What follows from a record carries on its birth time and its trace. */
function inheriting(emit: Emit, { headers }: StoredRecord, hop: Hop | undefined): Emit {
  const traceparent = hop?.traceparent ?? headers.traceparent
  if (headers.born === undefined && traceparent === undefined) return emit
  return {
    ...emit,
    headers: { ...(headers.born && { born: headers.born }), ...(traceparent && { traceparent }), ...emit.headers },
  }
}

const compacted: ReadonlySet<string> = new Set([topics.userVectors, topics.picks, topics.sideRows])

/** Topic by topic, each in order; on a compacted topic only the newest record of a key. */
async function append(log: EventLog, emits: readonly Emit[]): Promise<void> {
  const byTopic = new Map<string, Emit[]>()
  for (const emit of emits) {
    const group = byTopic.get(emit.topic)
    if (group) group.push(emit)
    else byTopic.set(emit.topic, [emit])
  }
  await Promise.all(
    [...byTopic].map(([topic, group]) => {
      const kept = compacted.has(topic) ? [...new Map(group.map((emit) => [emit.key, emit])).values()] : group
      return log.append(
        topic,
        kept.map(({ key, value, headers }) => ({ key, value: value === null ? null : value(), headers })),
      )
    }),
  )
}
