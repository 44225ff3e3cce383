import { restEndsAt } from '../../../engine/user/attention.ts'
import type { Fatigue } from '../../../schema/rules.ts'

/** By item: its impressions since the user last interacted with it, seconds since 1970, oldest first. */
export type Ignored = ReadonlyMap<string, readonly number[]>

/** Whether the item was shown `after` times or more within the last `within` ms without an interaction. */
export function isFatigued(itemId: string, { after, within }: Fatigue, ignored: Ignored, now: number): boolean {
  const shownAt = ignored.get(itemId)
  return shownAt !== undefined && restEndsAt(shownAt, after, within) > now
}
