import type { UserList } from '../../schema/records/list.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'

/** Best first: scores fall with the place. */
export const ranked = (...ids: string[]): RankedItem[] =>
  ids.map((itemId, n) => ({ itemId, score: 1 - n / 1_000, reason: { kind: 'taste', categories: ['any'] } }))

/** A list as the recommend stage makes it. `offset`: the event it has seen. */
export function aList({ offset = 0, ...fields }: Partial<UserList> & { offset?: number } = {}): UserList {
  return {
    position: { partition: 0, offset },
    epoch: 0,
    computedAt: 1_700_000_000_000,
    rankedAt: 1_700_000_000_000,
    modelVersion: 1,
    causedByEventId: `event-${offset}`,
    heldOutItem: null,
    personalized: true,
    adopted: [],
    unseen: [],
    seen: [],
    unlisted: [],
    ...fields,
  }
}
