'use client'

export type { ListArguments, WatchedList } from './list-store.ts'
export { PickstreamProvider, type PickstreamProviderProps, usePickstream } from './provider.ts'
export { useConnection } from './use-connection.ts'
export { type ShownList, useHeldList } from './use-held-list.ts'
export { useImpressions } from './use-impressions.ts'
export {
  type UseRecommendationsOptions,
  useRecommendations,
  useSuspenseRecommendations,
} from './use-recommendations.ts'
