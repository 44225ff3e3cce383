import type { HistoryEntry, UserProfile } from '../../../engine/user/profile.ts'
import { isRejection } from '../../../engine/user/signals.ts'

/** An item that a user started to consume. */
export interface BegunItem {
  readonly itemId: string
  /** Greatest portion so far, 0 to 1. */
  readonly portion: number
  /** When it was last continued, ms since 1970. */
  readonly at: number
}

/** What a start page uses of a user's history beside the list. */
export interface UserActivity {
  /** Items with a CONSUME event and not rejected since, latest first. */
  readonly begun: readonly BegunItem[]
  /** Items bought and not returned or rejected since. */
  readonly bought: ReadonlySet<string>
  /** All items that the user bought, rated or rejected. */
  readonly seen: ReadonlySet<string>
}

export const noActivity: UserActivity = { begun: [], bought: new Set(), seen: new Set() }

/** Derives the activity from what the profile keeps: the newest 200 events, and all seen items. */
export const activityOf = ({ history, seen }: Pick<UserProfile, 'history' | 'seen'>): UserActivity => ({
  ...readHistory(history),
  seen: new Set(seen.ids),
})

/** @param history oldest first */
function readHistory(history: readonly HistoryEntry[]): Pick<UserActivity, 'begun' | 'bought'> {
  const begun = new Map<string, BegunItem>()
  const bought = new Set<string>()
  for (const { itemId, type, portion, timestamp } of history) {
    if (isRejection(type)) {
      begun.delete(itemId)
      bought.delete(itemId)
    } else if (type === 'PURCHASE') bought.add(itemId)
    else if (type === 'CONSUME' && portion !== undefined) {
      const before = begun.get(itemId)
      begun.delete(itemId) // the latest stands last
      begun.set(itemId, {
        itemId,
        portion: Math.max(portion, before?.portion ?? 0),
        at: Math.max(timestamp, before?.at ?? 0),
      })
    }
  }
  return { begun: [...begun.values()].reverse(), bought }
}
