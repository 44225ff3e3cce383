import type { Clock } from '../../platform/ports/clock.ts'
import type { Batch, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { decodeVersioned, encodeVersioned } from '../../schema/records/codec.ts'
import { tables } from '../../schema/tables.ts'

/** After this number of processes that began a batch and did not finish it, its records are run one at a time. */
export const batchAttemptsMax = 3

/**
 * After this number of processes that began a single record and did not finish it, the record becomes a dead letter.
 */
export const recordAttemptsMax = 2

/** Reason of the dead letter. */
export const fatalReason = `ended the process ${recordAttemptsMax} times`

/** The batch or record that was begun last, per stage and partition. */
interface Attempt {
  /** First offset of the batch, or the offset of the record. */
  readonly offset: number
  /** Number of processes that have begun it. */
  readonly count: number
  /** Set if records are run one at a time: up to this offset, exclusive. */
  readonly until?: number
}

/** The records of a batch that has ended several processes. */
export interface Suspects {
  /**
   * Runs the records one at a time, in order, without those that an earlier process has run alone.
   *
   * @param run called with whether the record has ended `recordAttemptsMax` processes
   * @returns the sum of the results of `run`
   */
  runEach(
    records: readonly StoredRecord[],
    run: (record: StoredRecord, isFatal: boolean) => Promise<number>,
  ): Promise<number>
}

/**
 * Counts in table attempts how often processes have begun the same batch, to find a record that ends each process. A
 * process writes the table once per stage and partition, with its first batch: after an unclean end, the batch that was
 * in flight is the first one of the next process. Only if a batch has been begun `batchAttemptsMax` times are records
 * counted one by one.
 */
export class Attempts {
  private readonly begun = new Set<number>()
  private writtenAt = 0n

  constructor(
    private readonly stage: string,
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts the first batch of this process in the partition.
   *
   * @returns undefined if the batch is run as usual
   */
  async beginBatch({ partition, records }: Pick<Batch, 'partition' | 'records'>): Promise<Suspects | undefined> {
    const [first] = records
    if (first === undefined || this.begun.has(partition)) return undefined
    const last = await this.read(partition)
    const until = records.at(-1)!.offset + 1
    if (last?.until !== undefined && first.offset < last.until) return this.suspects(partition, until, last)
    const count = last?.offset === first.offset && last.until === undefined ? last.count : 0
    if (count >= batchAttemptsMax) return this.suspects(partition, until, { offset: first.offset, count: 0 })
    await this.write(partition, { offset: first.offset, count: count + 1 })
    this.begun.add(partition)
    return undefined
  }

  private suspects(partition: number, until: number, last: Attempt): Suspects {
    return {
      runEach: async (records, run) => {
        let sum = 0
        for (const record of records) {
          const { offset } = record
          if (offset < last.offset) continue
          const count = offset === last.offset ? last.count : 0
          const isFatal = count >= recordAttemptsMax
          await this.write(partition, { offset, count: isFatal ? count : count + 1, until })
          try {
            sum += await run(record, isFatal)
          } catch (error) {
            await this.write(partition, { offset, count, until }) // the process continues: not ended by this attempt
            throw error
          }
        }
        this.begun.add(partition)
        return sum
      },
    }
  }

  private async read(partition: number): Promise<Attempt | undefined> {
    const [bytes] = await this.store.get(tables.attempts, [{ partition: this.keyOf(partition) }])
    return bytes === undefined ? undefined : decodeVersioned<Attempt>(1, bytes, 'attempts')
  }

  private async write(partition: number, attempt: Attempt): Promise<void> {
    const now = BigInt(this.clock.now()) * 1000n
    this.writtenAt = now > this.writtenAt ? now : this.writtenAt + 1n
    const value = encodeVersioned(1, attempt)
    await this.store.put(tables.attempts, [{ partition: this.keyOf(partition), value, writeTimestamp: this.writtenAt }])
  }

  private keyOf(partition: number): string {
    return `${this.stage}/${partition}`
  }
}
