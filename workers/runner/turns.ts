import type { Clock } from '../../platform/ports/clock.ts'

/** Records handled at a time. */
const turnRecords = 50

/**
 * Gives the other work of the thread its turn between the records of a long slice, so that a visitor's event waits for some
 * records of other stages and not for their backlogs.
 */
export class Turns {
  private count = 0

  constructor(private readonly clock: Clock) {}

  /** Counts one record. @returns whether to wait for `give` before it */
  isDue(): boolean {
    return this.count++ % turnRecords === turnRecords - 1
  }

  /** Resolves once whatever else was ready has had its turn. */
  give(): Promise<void> {
    return this.clock.sleep(0)
  }
}
