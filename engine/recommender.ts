import type { SideRow } from './items/row.ts'
import { type RankedGiven, rankGiven } from './lists/given-items.ts'
import { ListMaker } from './lists/list-maker.ts'
import {
  type Candidates,
  candidates,
  type ListParts,
  type PartsOptions,
  recommend,
  recommendParts,
} from './lists/of-user.ts'
import type { ListOptions, RecommendOptions } from './lists/options.ts'
import { similar, together } from './lists/related.ts'
import { trending } from './lists/trending.ts'
import { ItemSide } from './replica/item-side.ts'
import type { FoldInModel, TrainedModel } from './train/model.ts'
import type { ItemMeta, RankedCandidate, TrendWindow } from './types.ts'
import type { UserSnapshot } from './user/snapshot.ts'

export interface RecommenderOptions {
  /** Maximum `limit` of any call. Default: 1,000. */
  limitMax?: number
  /** Minimum distinct users, 1 or 2, with a pair of items before the pair is used in any list. Default: 1. */
  pairUsersMin?: number
}

/**
 * An in-memory replica of the item side and the lists over it; each kind of list has its file in lists/. Not safe for
 * reentrant calls: buffers are shared.
 */
export class Recommender {
  private readonly side: ItemSide
  private readonly maker: ListMaker

  constructor(options: RecommenderOptions = {}) {
    this.side = new ItemSide(options.pairUsersMin)
    this.maker = new ListMaker(this.side, options.limitMax ?? 1000)
  }

  putItem(item: ItemMeta): void {
    this.side.putItem(item)
  }

  removeItem(id: string): void {
    this.side.removeItem(id)
  }

  putRow(row: SideRow): void {
    this.side.putRow(row)
  }

  dropRow(key: string): void {
    this.side.dropRow(key)
  }

  /** Sets the model, or null for default weights. Copies what lists need, so the model itself need not be kept. */
  setModel(model: TrainedModel | null): void {
    this.maker.setModel(model)
  }

  /** The part of the model in use that user vectors are computed from; null without a model. */
  get foldInModel(): FoldInModel | null {
    return this.maker.ranker.foldInModel
  }

  /** Items for one user, best first: lists/of-user.ts. */
  recommend(user: UserSnapshot, options: RecommendOptions): RankedCandidate[] {
    return recommend(this.maker, user, options)
  }

  /** Both parts of a list that is stored: lists/of-user.ts. */
  recommendParts(user: UserSnapshot, options: PartsOptions): ListParts {
    return recommendParts(this.maker, user, options)
  }

  /** Given items, best first for one user; ineligible items are omitted: lists/given-items.ts. */
  rankGiven(
    user: UserSnapshot,
    itemIds: readonly string[],
    options: { readonly now: number; readonly availableAt?: number },
  ): RankedGiven {
    return rankGiven(this.maker, user, itemIds, options)
  }

  /** The candidates of a query with their features, for training. Valid until the next call. */
  candidates(user: UserSnapshot, options: Omit<RecommendOptions, 'limit'>): Candidates {
    return candidates(this.maker, user, options)
  }

  /** Items similar to one, best first: lists/related.ts. */
  similar(itemId: string, options: ListOptions): RankedCandidate[] {
    return similar(this.maker, itemId, options)
  }

  /** Items bought together with the given ones (newest first), best first: lists/related.ts. */
  together(itemIds: readonly string[], options: ListOptions): RankedCandidate[] {
    return together(this.maker, itemIds, options)
  }

  /** Items by their trend in a window, then the newest items: lists/trending.ts. */
  trending(window: TrendWindow, options: ListOptions): RankedCandidate[] {
    return trending(this.maker, window, options)
  }
}
