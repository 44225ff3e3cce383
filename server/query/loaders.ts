import DataLoader from 'dataloader'
import type { Store } from '../../platform/ports/store.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import type { Compute, RankRequest } from '../compute/compute.ts'
import type { PicksCache } from './picks-cache.ts'
import { createPicksLoader, type PicksLoader } from './picks-reader.ts'

export type SimilarKey = RankRequest & { readonly itemId: string }
export type TogetherKey = RankRequest & { readonly itemIds: readonly string[] }

/** New for every request: what one request reads it reads once, and in batches. */
export interface Loaders {
  readonly picks: PicksLoader
  readonly similar: DataLoader<SimilarKey, RankedItem[], string>
  readonly together: DataLoader<TogetherKey, RankedItem[], string>
}

interface Sources {
  readonly store: Store
  readonly cache: PicksCache
  readonly compute: Compute
}

export function createLoaders({ store, cache, compute }: Sources): Loaders {
  return {
    picks: createPicksLoader(store, cache),
    similar: new DataLoader((keys) => compute.similar(keys), { cacheKeyFn: JSON.stringify, maxBatchSize: 100 }),
    together: new DataLoader((keys) => compute.together(keys), { cacheKeyFn: JSON.stringify, maxBatchSize: 100 }),
  }
}
