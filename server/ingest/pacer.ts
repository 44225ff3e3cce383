import type { LiveBacklog } from '../../platform/live-backlog.ts'

/** Appends of large calls, one portion at a time, each when the stages have room for it. */
export class Pacer {
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly backlog: Pick<LiveBacklog, 'room'>) {}

  /**
   * Calls `append` with portions of `records` in their order, one after the other. Portions of several calls alternate.
   * @returns what the appends resolved with, in the order of the records
   * @throws what an append rejects with; the portions before it are durable, the others are not sent
   */
  async inPortions<Sent, Appended>(
    records: readonly Sent[],
    append: (portion: readonly Sent[]) => Promise<readonly Appended[]>,
  ): Promise<Appended[]> {
    const appended: Appended[] = []
    while (appended.length < records.length) {
      const from = appended.length
      appended.push(...(await this.inTurn(async () => append(records.slice(from, from + (await this.backlog.room()))))))
    }
    return appended
  }

  /** One at a time: what was just appended has to count when the next one asks for room. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {}) // the caller has the rejection
    return turn
  }
}
