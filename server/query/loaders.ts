import DataLoader from 'dataloader'
import type { Store } from '../../platform/ports/store.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import type { Compute, RankRequest } from '../compute/compute.ts'
import { rankingsPerQuestionMax } from '../limits/work-queues.ts'
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

/** A ranking question of many lists would hold up those of other clients. */
const batches = { cacheKeyFn: JSON.stringify, maxBatchSize: rankingsPerQuestionMax }

export function createLoaders({ store, cache, compute }: Sources): Loaders {
  return {
    picks: createPicksLoader(store, cache),
    similar: new DataLoader((keys) => compute.similar(keys), batches),
    together: new DataLoader((keys) => compute.together(keys), batches),
  }
}
