import { restEndsAt } from '../../engine/user/attention.ts'
import { unpackIgnored } from '../../schema/records/attention.ts'
import type { StoredList } from '../../schema/records/list.ts'
import { unpackTouched } from '../../schema/records/touched.ts'
import type { RuleSet } from '../../schema/rules.ts'
import { SeenItems } from './pipeline/seen-policy.ts'

/**
 * Returns when an item next returns to a stored list without any event, ms since 1970: its rest by impression fatigue
 * ends, or it no longer counts as seen. undefined: never. Takes time linear in the items that the list records as shown
 * (at most 128) and touched (at most 64).
 */
export function nextReturnAt(
  list: StoredList | undefined,
  { fatigue, seen }: RuleSet,
  now: number,
): number | undefined {
  let next = seen && list?.touched ? new SeenItems(seen, unpackTouched(list.touched), now).nextEnd() : undefined
  if (!fatigue || !list?.ignored) return next
  for (const shownAt of unpackIgnored(list.ignored).values()) {
    const end = restEndsAt(shownAt, fatigue.after, fatigue.within)
    if (end > now && end < (next ?? Number.POSITIVE_INFINITY)) next = end
  }
  return next
}
