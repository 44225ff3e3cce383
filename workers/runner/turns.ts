import type { Clock } from '../../platform/ports/clock.ts'

/** Records handled in one turn. */
const turnRecords = 50

/**
 * Lets other work of the thread run between the records of a long slice, so that a visitor's event waits for a few
 * records of other stages and not for their backlogs.
 */
export class Turns {
  private count = 0

  constructor(private readonly clock: Clock) {}

  /** Counts one record. @returns whether to wait for `give` before it */
  isDue(): boolean {
    return this.count++ % turnRecords === turnRecords - 1
  }

  /** Resolves once all other work that was ready has run. */
  give(): Promise<void> {
    return this.clock.sleep(0)
  }
}
