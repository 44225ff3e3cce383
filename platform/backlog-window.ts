/** Bounds of the backlog in records of one partition. */
export const recordsMin = 100
export const recordsMax = 1000
/** What is appended should be applied within so long, the commit of the offsets included, ms. */
const targetMs = 60
/**
 * On a machine that is busy with other work even the smallest backlog takes longer. A larger one then costs hardly more: it
 * may take this multiple of what the smallest takes, up to `targetMsMax`.
 */
const overSmallest = 1.5
const targetMsMax = 200
/** With each measurement of a larger one, so that the smallest is measured again from time to time. */
const remembered = 0.98
const growth = 1.25
const decrease = 0.8
/** Weight of the newest time in the mean of the times that the smallest backlog takes. */
const newestShare = 0.3

/**
 * How many records may wait in a partition: more while what is appended is applied in time, fewer otherwise. Times are
 * arguments, ms of any clock.
 */
export class BacklogWindow {
  allowed = recordsMin
  /** The end of the partition whose records are timed. */
  private timed: { readonly end: number; readonly since: number } | undefined
  /** What the smallest backlog takes, ms. */
  private smallestMs = 0

  /** @param committed offset up to which records are applied, @param end of the partition */
  observe(committed: number, end: number, now: number): void {
    const { timed } = this
    if (timed !== undefined && committed >= timed.end) {
      this.adjust(now - timed.since)
      this.timed = undefined
    }
    if (end > committed) this.timed ??= { end, since: now }
  }

  private adjust(ms: number): void {
    if (this.allowed > recordsMin) this.smallestMs = Math.min(this.smallestMs * remembered, ms)
    else this.smallestMs += (this.smallestMs === 0 ? 1 : newestShare) * (ms - this.smallestMs)
    const target = Math.min(targetMsMax, Math.max(targetMs, overSmallest * this.smallestMs))
    const factor = ms <= target ? growth : decrease
    this.allowed = Math.min(recordsMax, Math.max(recordsMin, Math.round(this.allowed * factor)))
  }
}
