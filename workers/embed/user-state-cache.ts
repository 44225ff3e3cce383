import { LRUCache } from 'lru-cache'
import { decodeUserState, type UserState, userStateBytes } from '../../schema/records/user-state.ts'
import { packBytes, unpackBytes } from '../runner/packed-bytes.ts'

/** Estimated bytes of the decoded users; 3 to 80 kB each. */
const decodedBytesMax = 24 * 1024 * 1024
/** Maximum encoded users, and their bytes; 1 to 10 kB each. */
const encodedUsersMax = 20_000
const encodedBytesMax = 64 * 1024 * 1024
/** Bytes of an entry in addition to the state: its key and the objects of the cache. */
const entryBytes = 200

/**
 * Caches the states of recently used users: decoded during a visit, others as they are stored, which takes a fifth of
 * the bytes.
 *
 * The encoded state is set or removed together with the decoded one, so neither can be outdated. A user with buckets of
 * older event ids is kept only decoded, because the encoded state does not contain them.
 */
export class UserStateCache {
  private readonly decoded: LRUCache<string, UserState>
  private readonly encoded: LRUCache<string, string>

  constructor(bytesMax = { decoded: decodedBytesMax, encoded: encodedBytesMax }) {
    this.decoded = new LRUCache({ maxSize: bytesMax.decoded, sizeCalculation: userStateBytes })
    this.encoded = new LRUCache({
      max: encodedUsersMax,
      maxSize: bytesMax.encoded,
      sizeCalculation: (packed, key) => packed.length + key.length + entryBytes,
    })
  }

  get(key: string): UserState | undefined {
    const known = this.decoded.get(key)
    if (known) return known
    const packed = this.encoded.get(key)
    if (packed === undefined) return undefined
    const { olderBuckets: _, ...stored } = decodeUserState(unpackBytes(packed))
    const state = { ...stored, olderIds: [] }
    this.decoded.set(key, state)
    return state
  }

  /** Returns the state if it may have buckets of older event ids; encoded entries have none. */
  withBuckets(key: string): UserState | undefined {
    return this.decoded.peek(key)
  }

  /** @param encoded the state as it is stored; null: keep it only decoded */
  set(key: string, state: UserState, encoded: Uint8Array | null): void {
    this.decoded.set(key, state)
    if (encoded === null || state.olderIds.length > 0) this.encoded.delete(key)
    else this.encoded.set(key, packBytes(encoded))
  }

  delete(key: string): void {
    this.decoded.delete(key)
    this.encoded.delete(key)
  }
}
