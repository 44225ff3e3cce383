import { BecauseOfItem, type Reason, type Recommendations } from '../../schema/graphql/recommendations.ts'

/** A list as plain JSON, for the extensions of an error, which have no selection: items have their id and title. */
export function toPlain(recommendations: Recommendations): Record<string, unknown> {
  const { picks, computedAt, ...list } = recommendations
  return {
    id: recommendations.id,
    ...list,
    computedAt: new Date(computedAt).toISOString(),
    picks: picks.map(({ rank, score, item, reason }) => ({
      rank,
      score,
      item: { id: item.id, title: item.title },
      reason: plainReason(reason),
    })),
  }
}

function plainReason(reason: Reason): Record<string, unknown> {
  const __typename = reason.constructor.name
  if (!(reason instanceof BecauseOfItem)) return { __typename, ...reason }
  return { __typename, item: { id: reason.item.id, title: reason.item.title }, eventType: reason.eventType }
}
