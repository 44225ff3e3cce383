import { restEndsAt } from '../../../engine/user/attention.ts'
import type { Fatigue } from '../../../schema/rules.ts'

/** By item when it was shown to the user since the user last reacted to it, seconds since 1970, oldest first. */
export type Ignored = ReadonlyMap<string, readonly number[]>

/** Whether the item was shown `after` times or more in the last `within` ms without a reaction. */
export function isTired(itemId: string, { after, within }: Fatigue, ignored: Ignored, now: number): boolean {
  const shownAt = ignored.get(itemId)
  return shownAt !== undefined && restEndsAt(shownAt, after, within) > now
}
