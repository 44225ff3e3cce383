interface Waiter {
  readonly bytes: number
  readonly admit: () => void
}

/** Limits the bytes that are buffered at once. When the limit is reached, requests wait in order of arrival. */
export class ByteBudget {
  private used = 0
  private readonly waiting: Waiter[] = []

  constructor(private readonly bytesMax: number) {}

  get bytesUsed(): number {
    return this.used
  }

  /** Takes bytes if there is room at once. @returns whether they were taken; `release` must follow */
  tryTake(bytes: number): boolean {
    // A request larger than the whole budget is admitted alone; otherwise it would wait forever.
    if (this.waiting.length > 0 || (this.used > 0 && this.used + bytes > this.bytesMax)) return false
    this.used += bytes
    return true
  }

  /** Takes bytes as soon as there is room. @returns false, with nothing taken, if there was none within `msMax` */
  take(bytes: number, msMax: number): Promise<boolean> {
    if (this.tryTake(bytes)) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1)
        resolve(false)
        this.admitWaiting()
      }, msMax)
      const admit = () => {
        clearTimeout(timer)
        resolve(true)
      }
      const waiter: Waiter = { bytes, admit }
      this.waiting.push(waiter)
    })
  }

  release(bytes: number): void {
    this.used -= bytes
    this.admitWaiting()
  }

  private admitWaiting(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      if (this.used > 0 && this.used + next.bytes > this.bytesMax) return
      this.waiting.shift()
      this.used += next.bytes
      next.admit()
    }
  }
}
