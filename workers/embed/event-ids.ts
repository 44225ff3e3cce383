import { hash } from 'node:crypto'
import type { UserState } from '../../schema/records/user-state.ts'

/**
 * Hashes of the events of a user that have counted, 8 bytes each: the newest in the state itself, older ones in sealed
 * buckets that are written once. The probability that two ids of one user collide is 1 in 10^13 at a thousand events.
 *
 * Bounded by `olderBucketsMax`; the oldest bucket is dropped first. Exact for the newest 32,768 events of a user: an
 * event that is sent again after that many others counts again.
 */
const hashBytes = 8
const bucketIds = 128

/** Maximum sealed buckets per user: 256 KiB. */
export const olderBucketsMax = 256

export type EventIds = Pick<UserState, 'recentIds' | 'olderIds' | 'olderDropped'>

export const noEventIds: EventIds = { recentIds: new Uint8Array(0), olderIds: [] }

export const hashOfId = (eventId: string): Buffer => hash('sha1', eventId, 'buffer').subarray(0, hashBytes)

export function hasId({ recentIds, olderIds }: EventIds, hash: Uint8Array): boolean {
  return contains(recentIds, hash) || olderIds.some((bucket) => contains(bucket, hash))
}

export function withId({ recentIds, olderIds, olderDropped = 0 }: EventIds, hash: Uint8Array): EventIds {
  const joined = new Uint8Array(recentIds.length + hashBytes)
  joined.set(recentIds)
  joined.set(hash, recentIds.length)
  const dropped = (more: number) => (olderDropped + more > 0 ? { olderDropped: olderDropped + more } : {})
  if (joined.length < 2 * bucketIds * hashBytes) return { recentIds: joined, olderIds, ...dropped(0) }
  const cut = bucketIds * hashBytes
  const buckets = [...olderIds, joined.slice(0, cut)]
  const excess = Math.max(0, buckets.length - olderBucketsMax)
  return { recentIds: joined.slice(cut), olderIds: buckets.slice(excess), ...dropped(excess) }
}

function contains(hashes: Uint8Array, hash: Uint8Array): boolean {
  const first = hash[0]
  for (let at = 0; at < hashes.length; at += hashBytes) {
    if (hashes[at] === first && isAt(hashes, at, hash)) return true
  }
  return false
}

function isAt(hashes: Uint8Array, at: number, hash: Uint8Array): boolean {
  for (let k = 1; k < hashBytes; k++) if (hashes[at + k] !== hash[k]) return false
  return true
}
