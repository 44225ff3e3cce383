import type { Clock } from '../../platform/ports/clock.ts'
import type { Item } from '../../schema/graphql/item.ts'
import { WakeTimer } from '../wake-timer.ts'

type Window = Pick<Item, 'availableFrom' | 'availableUntil'>

/** An entry of the heap. */
interface Due {
  readonly id: string
  /** ms since 1970. */
  readonly at: number
}

interface Parts {
  readonly clock: Clock
  /** Called with the ids whose window begins or ends, at most `batchMax` at a time. */
  readonly onChange: (ids: readonly string[]) => void
}

/** Maximum time between two readings of the clock: when the clock is set forward, items still leave within a second. */
const sleepMsMax = 500
/** Maximum items handled in one turn of the event loop, where many windows end at the same time. */
export const batchMax = 2_000

/** Whether `availableFrom` ≤ now < `availableUntil`; a bound that is null is open. */
export const isInside = ({ availableFrom, availableUntil }: Window, now: number): boolean =>
  (availableFrom === null || availableFrom <= now) && (availableUntil === null || now < availableUntil)

/** When the window next begins or ends after `now`, ms since 1970; undefined: never. */
export function nextChange({ availableFrom, availableUntil }: Window, now: number): number | undefined {
  if (availableFrom !== null && now < availableFrom) return availableFrom
  return availableUntil !== null && now < availableUntil ? availableUntil : undefined
}

/**
 * Reports when availability windows begin and end. One timer waits for the next change of all items.
 *
 * Holds the next change of each item that has one, and a binary heap of these times. Entries of the heap that are no
 * longer the item's next change are skipped; the heap is rebuilt when they are more than half, so it has at most twice
 * as many entries as items with a change ahead, plus 64.
 */
export class AvailabilityWindows {
  private readonly clock: Clock
  private readonly onChange: Parts['onChange']
  private readonly times = new Map<string, number>()
  private heap: Due[] = []
  private readonly timer: WakeTimer
  private closed = false

  constructor({ clock, onChange }: Parts) {
    this.clock = clock
    this.onChange = onChange
    // If the clock rejects, check the windows at once instead of stopping.
    const look = () => this.takeDue()
    this.timer = new WakeTimer({ clock, onTime: look, onError: look, sleepMsMax })
  }

  /** Entries of the heap. */
  get size(): number {
    return this.heap.length
  }

  /**
   * Sets the window of an item.
   * @param item undefined: the item was removed
   * @param now the time at which its availability was determined, ms: a change right after it must be reported
   */
  put(id: string, item: Window | undefined, now: number): void {
    const at = item && nextChange(item, now)
    if (at === this.times.get(id)) return
    if (at === undefined) this.times.delete(id)
    else {
      this.times.set(id, at)
      this.push({ id, at })
    }
    if (this.heap.length > 2 * this.times.size + 64) this.rebuild()
    this.schedule()
  }

  close(): void {
    this.closed = true
    this.timer.stop()
  }

  private schedule(): void {
    const next = this.heap[0]
    const { at = Number.POSITIVE_INFINITY } = this.timer
    if (!this.closed && next !== undefined && next.at < at) this.timer.set(next.at)
  }

  private takeDue(): void {
    const now = this.clock.now()
    const due: string[] = []
    while (due.length < batchMax && this.heap.length > 0 && this.heap[0]!.at <= now) {
      const { id, at } = this.pop()
      if (this.times.get(id) !== at) continue
      this.times.delete(id)
      due.push(id)
    }
    // The listener puts these items again, with their next change.
    if (due.length > 0) this.onChange(due)
    this.schedule()
  }

  private rebuild(): void {
    this.heap = Array.from(this.times, ([id, at]) => ({ id, at })).sort((a, b) => a.at - b.at)
  }

  private push(due: Due): void {
    const { heap } = this
    let index = heap.push(due) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (heap[parent]!.at <= due.at) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = due
  }

  private pop(): Due {
    const { heap } = this
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
      if (last.at <= heap[child]!.at) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
    return top
  }
}
