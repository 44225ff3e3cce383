import type { RankOptions } from '../rank/ranker.ts'

export interface ListOptions {
  limit: number
  /** Item ids that must not be listed. */
  exclude?: ReadonlySet<string>
  /** Called for candidates only, best first. Default: all are allowed. */
  allow?: (itemId: string) => boolean
  /** Time for which availability windows are read, ms. Default: `now`, or the time of the newest event. */
  availableAt?: number
  /** Trends only: all items of a group may be listed. Default: false, one of them. */
  allVariants?: boolean
}

export interface RecommendOptions extends ListOptions, Omit<RankOptions, 'given'> {
  /** Milliseconds since 1970, in the log's time. */
  now: number
  includeSeen?: boolean
}
