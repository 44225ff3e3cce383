import { LRUCache } from 'lru-cache'
import { userHash } from '../schema/causal-token.ts'
import { decodeWatched, watchedMs } from '../schema/records/watched.ts'
import { topics } from '../schema/topics.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'

export interface WatchedUsers {
  /** Whether a server has announced within the last minute that a client watches the user's list. */
  has(userId: string): boolean
  stop(): Promise<void>
}

/** Maximum users kept; beyond this, those announced the longest ago are removed. About 100 bytes each. */
const usersMax = 200_000

/** Follows topic watched-users. It only affects the order of work, so a record that cannot be decoded is skipped. */
export async function followWatchedUsers(log: EventLog, clock: Clock): Promise<WatchedUsers> {
  const until = new LRUCache<string, number>({ maxSize: usersMax, sizeCalculation: () => 1 }) // `max` would allocate all slots at once
  const following = await log.follow({ topic: topics.watched, from: 'end' }, (records) => {
    for (const { value } of records) for (const hash of hashesIn(value)) until.set(hash, clock.now() + watchedMs)
  })
  return {
    has: (userId) => until.size > 0 && (until.get(userHash(userId)) ?? 0) > clock.now(),
    stop: () => following.stop(),
  }
}

function hashesIn(value: Uint8Array | null): readonly string[] {
  try {
    return value === null ? [] : decodeWatched(value)
  } catch {
    return []
  }
}
