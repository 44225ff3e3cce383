import { TakenGroups } from '../rank/groups.ts'
import type { RankedCandidate, TrendWindow } from '../types.ts'
import type { ListMaker } from './list-maker.ts'
import type { ListOptions } from './options.ts'

const trendWindows: readonly TrendWindow[] = ['HOUR', 'DAY', 'WEEK']

/** The items that trend in a window, best first; then the newest. */
export function trending(maker: ListMaker, window: TrendWindow, options: ListOptions): RankedCandidate[] {
  const { side } = maker
  maker.begin(options, [])
  const ranked: RankedCandidate[] = []
  const groups = new TakenGroups(side)
  for (const item of side.trends.board(trendWindows.indexOf(window))) {
    if (ranked.length >= options.limit) break
    if (!maker.mayList(item, options, groups)) continue
    ranked.push({
      itemId: side.ids[item]!,
      score: 1 / (1 + ranked.length),
      reason: { kind: 'popular', window },
      source: 'trend',
    })
  }
  return maker.fillWithArrivals(ranked, options)
}
