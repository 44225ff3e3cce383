import type { Batch, Consumption } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { Attempts, fatalReason, type Suspects } from './attempts.ts'
import { CompactionGaps } from './compaction-gaps.ts'
import { toDeadLetter } from './dead-letter.ts'
import { appendDeadLetters } from './emits.ts'
import { newestPerKey } from './newest-per-key.ts'
import { runBacklog } from './run-backlog.ts'
import { runInOrder } from './run-in-order.ts'
import { runSlice } from './run-slice.ts'
import type { Emit, States } from './stage.ts'
import type { Run, StageParts } from './stage-parts.ts'

/** Runs one stage until stopped. Several instances in any processes share the partitions. */
export async function runStage<Input, State, Context>(parts: StageParts<Input, State, Context>): Promise<Consumption> {
  const { stage, log, store, clock } = parts
  const { group = stage.name, onSuspects } = parts
  const attempts = parts.countsAttempts ? new Attempts(stage.name, store, clock) : undefined
  const gaps = onSuspects && new CompactionGaps({ log, group, onSuspects })
  const open = new Map<number, { generation: number; states: States<State>; newest: number }>()

  const close = (partition: number): void => {
    open.get(partition)?.states.close?.()
    open.delete(partition)
    gaps?.close(partition)
  }

  const statesFor = ({ partition, generation, records }: Batch): States<State> => {
    const newest = records.at(-1)?.offset ?? -1
    // Offsets go back without a new generation only where the topic was recreated: what is cached may be of the former.
    if ((records[0]?.offset ?? newest) <= (open.get(partition)?.newest ?? -1)) close(partition)
    // In a new generation every partition is opened again; lost partitions are not kept in memory.
    for (const [other, held] of open) if (held.generation !== generation) close(other)
    const states = open.get(partition)?.states ?? parts.openStates(partition)
    open.set(partition, { generation, states, newest })
    return states
  }

  return log.consume({ group, topics: [stage.from], batchRecordsMax: stage.batchRecordsMax }, async (batch) => {
    try {
      const run = { parts, batch, states: statesFor(batch), gaps }
      await gaps?.begin(batch)
      const suspects = await attempts?.beginBatch(batch)
      if (suspects !== undefined) await runSingly(run, suspects)
      else if (stage.backlogMax === undefined) await runBatch(run)
      else await (stage.conflateBy === undefined ? runInOrder(run) : runBacklog(run))
    } catch (error) {
      close(batch.partition) // which writes of this batch succeeded is unknown: read it again
      parts.meter.failed(messageOf(error))
      throw error
    }
  })
}

/**
 * Performs all I/O of all stages, as the list of its steps. The state is written after the records and rows that follow
 * from a record. As long as the state does not contain the record, the same records and rows are computed again, so a
 * crash between two steps only causes duplicates. Once it does, everything that follows from the record is durable, and
 * a replay has nothing left to do.
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
    const records = kept.slice(at, at + slice)
    await run.gaps?.check(batch, records)
    deadLetters += await runSlice(run, records, at === 0 ? dead : [])
  }
  meter.done(batch, deadLetters, clock.now()) // returning resolves the batch, so that its offsets are committed
}

/**
 * Runs a batch that has ended several processes one record at a time, and writes the record that did to the dead-letter
 * topic.
 */
async function runSingly<Input, State, Context>(run: Run<Input, State, Context>, suspects: Suspects): Promise<void> {
  const { parts, batch } = run
  const { stage, log, meter, clock } = parts
  const undecodable: Emit[] = []
  const kept = newestPerKey(stage, batch.records, undecodable)
  if (undecodable.length > 0) await appendDeadLetters(log, undecodable)
  const deadLetters = await suspects.runEach(kept, async (record, isFatal) => {
    if (!isFatal) {
      await run.gaps?.check(batch, [record])
      return runSlice(run, [record], [])
    }
    await appendDeadLetters(log, [toDeadLetter(stage.name, record, new Error(fatalReason))])
    return 1
  })
  meter.done(batch, undecodable.length + deadLetters, clock.now())
}
