import { isRejection } from '../../../engine/user/signals.ts'
import type { EventType } from '../../../schema/records/interaction.ts'
import type { Touched, TouchedItem } from '../../../schema/records/touched.ts'
import type { SeenPolicy } from '../../../schema/rules.ts'

/**
 * The items that the shop's `seen` rule excludes for a user. Exact for the items the user interacted with last. Of
 * earlier ones only the fact is stored that they were bought, rated or rejected: they count as seen where PURCHASE or
 * RATING is `forever`.
 */
export class SeenItems {
  private readonly keepsForever: boolean
  private readonly rejected: ReadonlySet<string>

  constructor(
    private readonly policy: SeenPolicy,
    private readonly touched: Touched,
    private readonly now: number,
  ) {
    this.keepsForever = policy.PURCHASE === 'forever' || policy.RATING === 'forever'
    this.rejected = new Set(touched.rejected)
  }

  /** Recently touched items that count as seen. */
  *recent(): Iterable<string> {
    yield* this.rejected
    for (const [itemId, item] of this.touched.items) if (this.isSeen(item)) yield itemId
  }

  /** Those of `marked`, items that were bought, rated or rejected at any time, that count as seen. */
  *among(marked: Iterable<string>): Iterable<string> {
    for (const itemId of marked) {
      const item = this.touched.items.get(itemId)
      if (item ? this.isSeen(item) : this.keepsForever || this.rejected.has(itemId)) yield itemId
    }
  }

  /** When a recently touched item next stops counting as seen, ms since 1970; undefined: never without an event. */
  nextEnd(): number | undefined {
    let next: number | undefined
    for (const [itemId, item] of this.touched.items) {
      const end = this.rejected.has(itemId) ? Number.POSITIVE_INFINITY : this.seenUntil(item)
      if (end > this.now && end < (next ?? Number.POSITIVE_INFINITY)) next = end
    }
    return next
  }

  private isSeen(item: TouchedItem): boolean {
    return this.seenUntil(item) > this.now
  }

  /** The end of the time in which the item counts as seen, ms since 1970. Infinity: always; -Infinity: not seen at all. */
  private seenUntil({ newest, portion = 0 }: TouchedItem): number {
    let until = Number.NEGATIVE_INFINITY
    for (const [type, at] of newest) {
      if (isRejection(type)) return Number.POSITIVE_INFINITY
      const rule = this.policy[type as keyof SeenPolicy & EventType]
      if (rule === undefined) continue
      // Portions are up to 1, durations longer than 1 ms.
      if (rule === 'forever' || (rule <= 1 && portion >= rule)) return Number.POSITIVE_INFINITY
      if (rule > 1) until = Math.max(until, at + rule)
    }
    return until
  }
}

export const nothingTouched: Touched = { items: new Map(), rejected: [] }
