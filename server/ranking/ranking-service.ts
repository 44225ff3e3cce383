import type { ItemFilter } from '../../schema/graphql/item.ts'
import type { EventType } from '../../schema/records/interaction.ts'
import type { PickReason, RankedItem, TrendWindow } from '../../schema/records/ranked-list.ts'

export interface RankRequest {
  /** Places wanted; the answer is shorter only where no more items are eligible. */
  readonly limit: number
  readonly exclude: readonly string[]
  readonly filter: ItemFilter | null
  /** Trends only: all items of a group, not one of each. Default: false. */
  readonly allVariants?: boolean
}

export interface TrailEvent {
  readonly itemId: string
  readonly type: EventType
}

export interface GivenItems {
  readonly itemIds: readonly string[]
  /** The user's row of user_states; undefined: nothing is known of the user. */
  readonly state: Uint8Array | undefined
  /** The server's clock, ms, for a log without events. */
  readonly now: number
}

/** Given items, best first, in columns: what crosses between threads is copied, a thousand objects for longer than they are ranked. */
export interface RankedPlaces {
  /** The first place that each has among the given ids, from 0. */
  readonly places: Uint16Array
  readonly scores: Float64Array
  /** Of each, the number of its reason. */
  readonly reasonOf: Uint16Array
  readonly reasons: readonly PickReason[]
}

/**
 * Ranking on request, away from the thread that serves. Best first; eligible by the replica's own catalog, which may be
 * a moment behind the server's: whoever serves the answer checks again.
 */
export interface RankingService {
  similar(requests: readonly (RankRequest & { readonly itemId: string })[]): Promise<RankedItem[][]>
  together(requests: readonly (RankRequest & { readonly itemIds: readonly string[] })[]): Promise<RankedItem[][]>
  /** Next items for a trail, oldest event first. */
  session(request: RankRequest & { readonly trail: readonly TrailEvent[]; readonly now: number }): Promise<RankedItem[]>
  trending(window: TrendWindow, request: RankRequest): Promise<RankedItem[]>
  /** The given items in the order in which a user would want them; left out as Recommender.rankGiven says. */
  rank(request: GivenItems): Promise<RankedPlaces>
  /** The version of the model in use, 0 without one. */
  readonly modelVersion: number
  /** Whether the replica has read all there was when it started. Before, it ranks with what it has. */
  readonly isReady: boolean
}
