import type { ItemSide } from '../replica/item-side.ts'
import type { Reason, TrendWindow } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import { featureNames } from './features.ts'
import { typeAt } from './query.ts'
import type { Ranker } from './ranker.ts'
import { placeOfSum, sumCount, sumIndex } from './sources.ts'

/** Returns why an item is listed. `feature`: the one with the largest contribution to its score. */
export type ReasonOf = (item: number, feature: number) => Reason

const popularReasons: Readonly<Record<TrendWindow, Reason>> = {
  HOUR: { kind: 'popular', window: 'HOUR' },
  DAY: { kind: 'popular', window: 'DAY' },
  WEEK: { kind: 'popular', window: 'WEEK' },
}
/** Trend features with longer half-lives are shown as WEEK. */
const windowByFeature: Partial<Record<string, TrendWindow>> = { hour: 'HOUR', day: 'DAY', foundDay: 'DAY' }

/** Reasons of the query that was ranked last. Reason objects are shared between items with the same reason. */
export function reasonsFor(user: UserSnapshot, { sums, affinity }: Ranker, side: ItemSide): ReasonOf {
  const because: Reason[] = []
  let taste: Reason | undefined
  const recentOf = (item: number, feature: number): number => {
    const place = placeOfSum(feature)
    if (place >= 0) return place
    return feature < sumIndex.taste ? sums.becauseOf(item) : -1
  }
  return (item, feature) => {
    const isRepeat = feature === sumIndex.repeat || feature === sumIndex.habit
    const recent = isRepeat ? user.items.indexOf(side.ids[item]!) : recentOf(item, feature)
    if (recent >= 0)
      return (because[recent] ??= { kind: 'because', itemId: user.items[recent]!, eventType: typeAt(user, recent) })
    if (feature >= sumCount && featureNames[feature] !== 'category')
      return popularReasons[windowByFeature[featureNames[feature]!] ?? 'WEEK']
    return (taste ??= { kind: 'taste', categories: affinity.strongest() })
  }
}

/** The reason of an item that fills up a list. */
export const newItem = (side: ItemSide, item: number): Reason => ({
  kind: 'new',
  publishedAt: side.metas[item]?.publishedAt ?? null,
})
