import type { ItemFilter } from '../../schema/graphql/item.ts'
import type { EventType } from '../../schema/records/interaction.ts'
import type { PickReason, RankedItem, TrendWindow } from '../../schema/records/ranked-list.ts'

export interface RankRequest {
  /** Number of items requested; the answer is shorter only if no more items are eligible. */
  readonly limit: number
  readonly exclude: readonly string[]
  readonly filter: ItemFilter | null
  /** Trends only: all items of a group instead of one. Default: false. */
  readonly allVariants?: boolean
}

export interface TrailEvent {
  readonly itemId: string
  readonly type: EventType
}

export interface GivenItems {
  readonly itemIds: readonly string[]
  /** The user's row of user_states; undefined: the user has no state. */
  readonly state: Uint8Array | undefined
  /** The server's clock, ms, for a log without events. */
  readonly now: number
}

/**
 * Given items, best first, in columns. Results are copied between threads, and copying a thousand objects takes longer
 * than ranking them.
 */
export interface RankedPlaces {
  /** First index of each item in the given ids, from 0. */
  readonly places: Uint16Array
  readonly scores: Float64Array
  /** For each item, the index of its reason. */
  readonly reasonOf: Uint16Array
  readonly reasons: readonly PickReason[]
}

/**
 * Ranking on request, outside of the thread that serves requests. Results are best first. Items are eligible by the
 * replica's own catalog, which may be older than the server's, so the server checks them again.
 */
export interface RankingService {
  similar(requests: readonly (RankRequest & { readonly itemId: string })[]): Promise<RankedItem[][]>
  together(requests: readonly (RankRequest & { readonly itemIds: readonly string[] })[]): Promise<RankedItem[][]>
  /** Next items for a trail, oldest event first. */
  session(request: RankRequest & { readonly trail: readonly TrailEvent[]; readonly now: number }): Promise<RankedItem[]>
  trending(window: TrendWindow, request: RankRequest): Promise<RankedItem[]>
  /** The given items in the user's order of preference, without the ones that Recommender.rankGiven omits. */
  rank(request: GivenItems): Promise<RankedPlaces>
  /** The version of the model in use, 0 without one. */
  readonly modelVersion: number
  /** Whether the replica has read everything that existed at its start. Before, it ranks with the data it has. */
  readonly isReady: boolean
}
