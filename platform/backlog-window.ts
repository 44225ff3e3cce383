/** Bounds of the backlog in records of one partition. */
export const recordsMin = 100
export const recordsMax = 1000
/** Target time from the append of a record until its offset is committed, ms. */
const targetMs = 60
/**
 * On a machine that is busy with other work, even the smallest backlog takes longer than the target. A larger backlog
 * then costs little more: it may take this multiple of the time of the smallest, up to `targetMsMax`.
 */
const smallestFactor = 1.5
const targetMsMax = 200
/**
 * Factor on the time of the smallest backlog at each measurement of a larger one, so that the smallest is measured
 * again.
 */
const smallestDecay = 0.98
const growth = 1.25
const decrease = 0.8
/** Weight of the newest time in the mean of the times that the smallest backlog takes. */
const newestShare = 0.3

/**
 * Number of records that may wait in a partition: multiplied by `growth` while records are applied within the target
 * time, else by `decrease`. Times are arguments, ms of a monotonic clock.
 */
export class BacklogWindow {
  allowed = recordsMin
  /** The end of the partition up to which the time is being measured. */
  private timed: { readonly end: number; readonly since: number } | undefined
  /** Mean time of the smallest backlog, ms. */
  private smallestMs = 0

  /**
   * @param committed offset up to which records are applied
   * @param end end offset of the partition
   */
  observe(committed: number, end: number, now: number): void {
    const { timed } = this
    if (timed !== undefined && committed >= timed.end) {
      this.adjust(now - timed.since)
      this.timed = undefined
    }
    if (end > committed) this.timed ??= { end, since: now }
  }

  private adjust(ms: number): void {
    if (this.allowed > recordsMin) this.smallestMs = Math.min(this.smallestMs * smallestDecay, ms)
    else this.smallestMs += (this.smallestMs === 0 ? 1 : newestShare) * (ms - this.smallestMs)
    const target = Math.min(targetMsMax, Math.max(targetMs, smallestFactor * this.smallestMs))
    const factor = ms <= target ? growth : decrease
    this.allowed = Math.min(recordsMax, Math.max(recordsMin, Math.round(this.allowed * factor)))
  }
}
