import DataLoader from 'dataloader'
import type { CurrentLists } from './current-lists.ts'
import type { ListCache, ListEntry } from './list-cache.ts'

export type ListLoader = DataLoader<string, ListEntry>

/** One request's reads of lists: all keys of one turn of the event loop in one call, every key once. */
export function createListLoader(lists: CurrentLists, remember = true): ListLoader {
  return new DataLoader((userIds) => lists.readMany(userIds), { cache: remember, maxBatchSize: 1_000 })
}

/** For lists that are watched: reads of many subscribers that come at once are one call; nothing is remembered. */
export const createUncachedListLoader = (lists: CurrentLists): ListLoader => createListLoader(lists, false)

interface Readers {
  readonly lists: ListLoader
}

/** The cache where it knows, else the store. At once, without a promise and without making loaders, from the cache. */
export function readList(
  userId: string,
  cache: ListCache,
  readers: { readonly loaders: Readers },
): ListEntry | Promise<ListEntry> {
  return cache.get(userId) ?? readers.loaders.lists.load(userId)
}
