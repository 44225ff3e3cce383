import DataLoader from 'dataloader'
import type { Store } from '../../platform/ports/store.ts'
import { tables } from '../../schema/tables.ts'
import type { PicksCache, PicksEntry } from './picks-cache.ts'

export type PicksLoader = DataLoader<string, PicksEntry>

/** One request's reads of picks_by_user: all keys of one turn of the event loop in one call, every key once. */
export function createPicksLoader(store: Store, cache: PicksCache, remember = true): PicksLoader {
  const read = async (userIds: readonly string[]) => {
    const keys = userIds.map((partition) => ({ partition }))
    const rows = await store.get(tables.picksByUser, keys)
    return userIds.map((userId, n) => cache.fromStore(userId, rows[n]))
  }
  return new DataLoader(read, { cache: remember, maxBatchSize: 1_000 })
}

/** For lists that are watched: reads of many subscribers that come at once are one call; nothing is remembered. */
export const createPushLoader = (store: Store, cache: PicksCache): PicksLoader => createPicksLoader(store, cache, false)

interface Readers {
  readonly picks: PicksLoader
}

/** The cache where it knows, else the store. At once, without a promise and without making loaders, from the cache. */
export function readPicks(
  userId: string,
  cache: PicksCache,
  readers: { readonly loaders: Readers },
): PicksEntry | Promise<PicksEntry> {
  return cache.get(userId) ?? readers.loaders.picks.load(userId)
}
