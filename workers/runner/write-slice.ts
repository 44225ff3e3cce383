import type { LogRecord } from '../../platform/ports/event-log.ts'
import { append } from './emits.ts'
import { rowWriter } from './row-writer.ts'
import type { RowChange, StateChange, States } from './stage.ts'
import type { StageParts } from './stage-parts.ts'

/** The encoded results of a slice. */
interface SliceWrites<State> {
  /** By topic. */
  readonly records: Map<string, LogRecord[]>
  readonly rows: readonly RowChange[]
  readonly changes: readonly StateChange<State>[]
}

/**
 * Writes the emits and rows of a slice, and then that its records have been applied. A crash in between repeats the
 * former, and the latter never exists without it. If the platform supports it, emits and states are written in one
 * step, and nothing is repeated.
 */
export async function writeSlice<State>(
  { log, store, writeTogether }: Pick<StageParts<never, State, never>, 'log' | 'store' | 'writeTogether'>,
  states: States<State>,
  { records, rows, changes }: SliceWrites<State>,
): Promise<void> {
  if (writeTogether !== undefined && states.plan !== undefined && rows.length === 0 && changes.length > 0) {
    const plan = states.plan(changes)
    const written = writeTogether(records, plan.rows)
    if (written !== undefined) {
      await written
      return plan.written()
    }
  }
  await append(log, records)
  if (rows.length > 0) await rowWriter(store)(rows)
  if (changes.length > 0) await states.save(changes)
}
