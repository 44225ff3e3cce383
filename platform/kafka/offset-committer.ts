import type { GroupMember } from './group-member.ts'

const pauseMs = 200

/** Commits offsets: at once when idle, else at most every 200 ms, one request at a time. */
export class OffsetCommitter {
  private done = new Map<string, Map<number, number>>()
  private committing: Promise<void> | undefined
  private ended = false

  constructor(
    private readonly member: GroupMember,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param nextOffset the first offset that is not done. */
  add(topic: string, partition: number, nextOffset: number): void {
    const partitions = this.done.get(topic) ?? new Map<number, number>()
    partitions.set(partition, nextOffset)
    this.done.set(topic, partitions)
    this.committing ??= this.commitAll().finally(() => {
      this.committing = undefined
    })
  }

  /** Commits the remaining offsets once, and no more afterwards. Rejects with the error of the brokers. */
  async end(): Promise<void> {
    this.ended = true
    await this.committing
    const rest = this.done
    this.done = new Map()
    await this.member.commit(rest)
  }

  private async commitAll(): Promise<void> {
    while (this.done.size > 0 && !this.ended) {
      const batch = this.done
      this.done = new Map()
      try {
        await this.member.commit(batch)
      } catch (error) {
        this.putBack(batch)
        this.onError(error)
      }
      if (!this.ended) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  private putBack(batch: ReadonlyMap<string, ReadonlyMap<number, number>>): void {
    for (const [topic, partitions] of batch) {
      this.done.set(topic, new Map([...partitions, ...(this.done.get(topic) ?? [])]))
    }
  }
}
