import type { LiveBacklog } from '../../platform/live-backlog.ts'

/** Appends large calls in batches, one batch at a time, each when the backlog of the stages has room for it. */
export class Pacer {
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly backlog: Pick<LiveBacklog, 'room'>) {}

  /**
   * Calls `append` with consecutive batches of `records`, one after the other. Batches of concurrent calls alternate.
   * @returns the concatenated results, in the order of the records
   * @throws what an append rejects with; the batches before it are durable, the later ones are not sent
   */
  async inBatches<Sent, Appended>(
    records: readonly Sent[],
    append: (batch: readonly Sent[]) => Promise<readonly Appended[]>,
  ): Promise<Appended[]> {
    const appended: Appended[] = []
    while (appended.length < records.length) {
      const from = appended.length
      appended.push(...(await this.inTurn(async () => append(records.slice(from, from + (await this.backlog.room()))))))
    }
    return appended
  }

  /** One at a time, so that the backlog includes each batch before the size of the next one is decided. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {}) // handled by the caller
    return turn
  }
}
