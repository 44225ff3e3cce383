import DataLoader from 'dataloader'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'
import type { ListCache, ListEntry } from './list-cache.ts'

export type ListLoader = DataLoader<string, ListEntry>

/** One request's reads of lists_by_user: all keys of one turn of the event loop in one call, every key once. */
export function createListLoader(store: Store, cache: ListCache, remember = true): ListLoader {
  const read = async (userIds: readonly string[]) => {
    const keys = userIds.map((partition) => ({ partition }))
    const rows = await store.get(tables.listsByUser, keys)
    return userIds.map((userId, n) => cache.putFromStore(userId, rows[n]))
  }
  return new DataLoader(read, { cache: remember, maxBatchSize: 1_000 })
}

/** For lists that are watched: reads of many subscribers that come at once are one call; nothing is remembered. */
export const createUncachedListLoader = (store: Store, cache: ListCache): ListLoader =>
  createListLoader(store, cache, false)

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
