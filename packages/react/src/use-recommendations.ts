import type { RecommendationList } from '@pickstream/client'
import { useMemo, useSyncExternalStore } from 'react'
import { type ListArguments, type ListStore, listStoreOf, type WatchedList } from './list-store.ts'
import { usePickstream } from './provider.ts'

export interface UseRecommendationsOptions extends ListArguments {
  /** A list that is there already, for example from a server component: it is shown at once, and only newer ones are sent. */
  readonly initial?: RecommendationList
}

/**
 * The user's list, live. `list` is undefined until the first has arrived, and on a server without `initial`; `error` says why the
 * server refuses it. Components with the same arguments share one subscription.
 */
export function useRecommendations(userId: string, options: UseRecommendationsOptions = {}): WatchedList {
  return useStore(useListStore(userId, options), options.initial)
}

/**
 * The user's list, live; suspends until the first has arrived and throws what the server refuses. On a server pass `initial`: without it
 * the nearest Suspense boundary renders its fallback there, and its content in the browser.
 */
export function useSuspenseRecommendations(
  userId: string,
  options: UseRecommendationsOptions = {},
): RecommendationList {
  const store = useListStore(userId, options)
  const { list, error } = useStore(store, options.initial)
  if (error) throw error
  if (list) return list
  if (typeof window === 'undefined') throw new Error('useSuspenseRecommendations needs `initial` on a server')
  throw store.load()
}

function useListStore(userId: string, { initial, ...list }: UseRecommendationsOptions): ListStore {
  const client = usePickstream()
  const key = JSON.stringify(list)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `list`; `initial` counts when the store is made
  return useMemo(() => listStoreOf(client, userId, list, initial), [client, userId, key])
}

function useStore(store: ListStore, initial: RecommendationList | undefined): WatchedList {
  const rendered = useMemo(() => ({ list: initial, error: undefined }), [initial])
  return useSyncExternalStore(store.subscribe, store.get, () => rendered)
}
