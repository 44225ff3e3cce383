import DataLoader from 'dataloader'
import type { CurrentLists } from './current-lists.ts'
import type { ListCache, ListEntry } from './list-cache.ts'

export type ListLoader = DataLoader<string, ListEntry>

/** Batches the reads of one turn of the event loop. @param cache whether each user is read once only. Default: true */
export function createListLoader(lists: CurrentLists, cache = true): ListLoader {
  return new DataLoader((userIds) => lists.readMany(userIds), { cache, maxBatchSize: 1_000 })
}

/** For subscriptions: batches the concurrent reads of many subscribers, and caches nothing. */
export const createUncachedListLoader = (lists: CurrentLists): ListLoader => createListLoader(lists, false)

interface Readers {
  readonly lists: ListLoader
}

/** A user's list: from the cache synchronously, without creating the loaders of the request; else from the store. */
export function readList(
  userId: string,
  cache: ListCache,
  readers: { readonly loaders: Readers },
): ListEntry | Promise<ListEntry> {
  return cache.get(userId) ?? readers.loaders.lists.load(userId)
}
