import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/ports/clock.ts'
import { encodedListWrittenAt, openList, type StoredList } from '../../schema/records/list.ts'

/** What is known of one user's list. */
export interface ListEntry {
  /** undefined: no list, so a stranger (never seen, or erased). Decoded when it is first asked for. */
  readonly list: StoredList | undefined
  /** Orders entries of one user: the position in the log they stand for; 0 where nothing is known. */
  readonly writtenAt: bigint
  /** The position of the erasure, where there was one. */
  readonly erased?: Erased
}

export interface Erased {
  readonly offset: number
  readonly epoch: number
  /** Offset in topic interactions.backfill up to which nothing of the user is to come; -1: none. */
  readonly backfilled: number
}

interface Slot {
  readonly bytes: Uint8Array | undefined
  readonly writtenAt: bigint
  readonly erased?: ListEntry['erased']
  /** undefined: the tail of the topic vouches for it. */
  readonly readAt: number | undefined
}

class Entry implements ListEntry {
  readonly writtenAt: bigint
  readonly erased: ListEntry['erased']
  private bytes: Uint8Array | undefined
  private decoded: StoredList | undefined

  constructor({ bytes, writtenAt, erased }: Slot) {
    this.writtenAt = writtenAt
    this.erased = erased
    this.bytes = bytes
  }

  get list(): StoredList | undefined {
    if (this.bytes) this.decoded = openList(this.bytes)
    this.bytes = undefined
    return this.decoded
  }

  /** Of what the tail brings, only the head has been looked at. */
  isReadable(): boolean {
    try {
      void this.list
      return true
    } catch {
      return false
    }
  }
}

/** How long a row of the store is believed that the tail has not confirmed. */
const storeMsMax = 5_000

/**
 * Lists by user, newest position wins whichever way it came. Kept as bytes (2 kB, decoded 20); the lists in use stay
 * decoded.
 */
export class ListCache {
  private readonly slots: LRUCache<string, Slot>
  private readonly decoded = new LRUCache<Slot, Entry>({ max: 500 })
  private readonly clock: Clock
  hits = 0
  misses = 0

  constructor(clock: Clock, bytesMax: number) {
    this.clock = clock
    this.slots = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (slot, userId) => (slot.bytes?.length ?? 0) + userId.length + 200,
    })
  }

  get size(): number {
    return this.slots.size
  }

  /** undefined: ask the store. */
  get(userId: string): ListEntry | undefined {
    const slot = this.slots.get(userId)
    const known = slot && (slot.readAt === undefined || this.clock.now() - slot.readAt < storeMsMax)
    if (!known) {
      this.misses++
      return undefined
    }
    const entry = this.entryOf(slot)
    if (entry.isReadable()) {
      this.hits++
      return entry
    }
    this.slots.delete(userId)
    this.misses++
    return undefined
  }

  /** A record of topic lists. @returns the entry where it is newer than what was known. */
  putFromTail(userId: string, bytes: Uint8Array): ListEntry | undefined {
    const slot = { bytes, writtenAt: encodedListWrittenAt(bytes), readAt: undefined }
    return this.put(userId, slot) ? new Entry(slot) : undefined
  }

  /** The list was erased at this position. */
  putErased(userId: string, writtenAt: bigint, erased: Erased): ListEntry | undefined {
    const slot = { bytes: undefined, writtenAt, erased, readAt: undefined }
    return this.put(userId, slot) ? this.entryOf(slot) : undefined
  }

  /** A row of the store; undefined where there is none. @returns the newest entry there is. */
  putFromStore(userId: string, bytes: Uint8Array | undefined): ListEntry {
    const slot = { bytes, writtenAt: bytes ? encodedListWrittenAt(bytes) : 0n, readAt: this.clock.now() }
    return this.entryOf(this.put(userId, slot) ? slot : (this.slots.peek(userId) as Slot))
  }

  /** After a gap in the tail nothing is vouched for. */
  clear(): void {
    this.slots.clear()
    this.decoded.clear()
  }

  /** @returns false where what is known is newer, or as new and vouched for */
  private put(userId: string, slot: Slot): boolean {
    const known = this.slots.peek(userId)
    if (known && known.writtenAt > slot.writtenAt) return false
    const isVouchedFor = known?.readAt === undefined && slot.readAt !== undefined
    if (known && known.writtenAt === slot.writtenAt && isVouchedFor) return false
    this.slots.set(userId, slot)
    return true
  }

  private entryOf(slot: Slot): Entry {
    let entry = this.decoded.get(slot)
    if (!entry) this.decoded.set(slot, (entry = new Entry(slot)))
    return entry
  }
}
