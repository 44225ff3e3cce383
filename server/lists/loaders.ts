import DataLoader from 'dataloader'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { rankingsPerQuestionMax } from '../guard/work-queues.ts'
import type { RankingService, RankRequest } from '../ranking/ranking-service.ts'
import type { CurrentLists } from './current-lists.ts'
import { createListLoader, type ListLoader } from './list-reader.ts'

export type SimilarKey = RankRequest & { readonly itemId: string }
export type TogetherKey = RankRequest & { readonly itemIds: readonly string[] }

/** Created per request: batches its reads and reads each key once. */
export interface Loaders {
  readonly lists: ListLoader
  readonly similar: DataLoader<SimilarKey, RankedItem[], string>
  readonly together: DataLoader<TogetherKey, RankedItem[], string>
}

interface Sources {
  readonly currentLists: CurrentLists
  readonly ranking: RankingService
}

/** Small batches, so that one request does not delay the rankings of other clients. */
const batches = { cacheKeyFn: JSON.stringify, maxBatchSize: rankingsPerQuestionMax }

export function createLoaders({ currentLists, ranking }: Sources): Loaders {
  return {
    lists: createListLoader(currentLists),
    similar: new DataLoader((keys) => ranking.similar(keys), batches),
    together: new DataLoader((keys) => ranking.together(keys), batches),
  }
}
