import type { StoredRecord } from '../../platform/ports/event-log.ts'
import type { RecommendationIds } from '../../schema/recommendation-id.ts'
import type { ArmCounts } from '../../schema/records/experiment.ts'
import type { HistoryRecord } from '../../schema/records/history.ts'
import type { Outcome } from '../runner/stage.ts'

export type { ArmCounts }

export interface ExperimentsContext {
  readonly ids: RecommendationIds
}

/**
 * `experiment~variant/partition`; empty for an event that answers no list of an experiment. A recommendationId that was made
 * up, or that belongs to a list of another user, answers no list.
 */
export function armOf(
  record: HistoryRecord | undefined,
  { partition }: Pick<StoredRecord, 'partition'>,
  { ids }: ExperimentsContext,
): string {
  if (record?.kind !== 'event' || record.event.recommendationId === null) return ''
  const variant = ids.verify(record.event.recommendationId, record.userId)?.variant ?? null
  return variant === null ? '' : `${variant}/${partition}`
}

/**
 * Counts one event of a list's recipient, once: the newest offset counted is in the state. It is the event's own place in
 * topic interactions, since a record of topic history may have been written twice.
 */
export function countArm(record: HistoryRecord | undefined, before: ArmCounts | undefined): Outcome<ArmCounts> {
  const counts = before ?? { offset: -1, impressions: 0, clicks: 0, purchases: 0 }
  if (record?.kind !== 'event' || record.offset <= counts.offset) return {}
  const { type } = record.event
  return {
    state: {
      offset: record.offset,
      impressions: counts.impressions + (type === 'IMPRESSION' ? 1 : 0),
      clicks: counts.clicks + (type === 'CLICK' || type === 'VIEW' ? 1 : 0),
      purchases: counts.purchases + (type === 'PURCHASE' ? 1 : 0),
    },
  }
}
