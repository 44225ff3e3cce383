import { impressionId } from '../../schema/impression-id.ts'
import type { RecommendationIds } from '../../schema/recommendation-id.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { InputCheck } from '../guard/input-check.ts'
import type { IssuedLists } from '../lists/issued-lists.ts'
import { batchMax } from './events.ts'

export interface ImpressionsInput {
  readonly userId: string
  readonly recommendationId: string
  readonly itemIds: readonly string[]
}

interface Deps {
  readonly ids: RecommendationIds
  readonly issued: IssuedLists
  /** The server's clock, ms. */
  readonly now: number
}

/**
 * Creates one IMPRESSION event per item. Its event id is a hash of recommendationId and item, so that an item of a list
 * counts once per user however often it is reported. `position` is the item's position, from 1, in the list that this
 * server returned, or where that is not known in `itemIds`.
 *
 * @throws AppError BAD_USER_INPUT, also for a recommendationId that was not issued for this user or a session
 */
export function toImpressions({ userId, recommendationId, itemIds }: ImpressionsInput, deps: Deps): EventRecord[] {
  const check = new InputCheck()
  check.ids(itemIds, 'itemIds', 1, batchMax)
  if (check.id(userId, 'userId') && check.id(recommendationId, 'recommendationId')) {
    const { ids } = deps
    const isGenuine = ids.verify(recommendationId, userId) ?? ids.verify(recommendationId, null)
    check.require(isGenuine !== undefined, 'recommendationId', 'the id of a list of this user', recommendationId)
  }
  check.throwIfAny()
  const timestamp = new Date(deps.now).toISOString()
  const positions = deps.issued.positionsOf(recommendationId, itemIds)
  return itemIds.map((itemId, n) => ({
    v: 1,
    kind: 'event',
    eventId: impressionId(recommendationId, itemId),
    userId,
    itemId,
    type: 'IMPRESSION',
    timestamp,
    position: positions[n]!,
    recommendationId,
  }))
}
