import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/ports/clock.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { erasureOf } from '../../schema/records/headers.ts'
import { encodedListRevision, openList, type StoredList } from '../../schema/records/list.ts'
import { revisionOf } from '../../schema/revision.ts'

/** The cached state of one user's list. */
export interface ListEntry {
  /**
   * undefined: the user has no list, because no event names the user or because the user was erased. Decoded on first
   * use.
   */
  readonly list: StoredList | undefined
  /** Orders entries of one user; 0 if nothing is known. */
  readonly revision: bigint
  /** The position of the erasure, if there was one. */
  readonly erased?: Erased
}

export interface Erased {
  readonly offset: number
  readonly epoch: number
  /** Offset in topic interactions.backfill before which all records of the user are applied; -1: none. */
  readonly backfilled: number
}

/** A list as it is in the topic or the store. */
export interface ListRow {
  readonly bytes: Uint8Array | undefined
  readonly revision: bigint
  /** The offset of the record in topic lists; left out: what `bytes` says, as a row of the store does. */
  readonly place?: number
  readonly erased?: ListEntry['erased']
}

/**
 * A class, because object literals with a spread row have a hidden class each, which takes as much memory as the rest
 * of the slot.
 */
class Slot implements ListRow {
  readonly bytes: Uint8Array | undefined
  readonly revision: bigint
  readonly place: number | undefined
  readonly erased: ListEntry['erased']

  /**
   * @param readAt when the store was read, ms: the row is used for `storeMsMax`. undefined: confirmed, valid until the tail
   * brings a newer row. `unconfirmed`: from the tail and not yet compared with the store, which may have a newer list, since a
   * replay appends older lists to the topic again.
   */
  constructor(
    { bytes, revision, place, erased }: ListRow,
    readonly readAt: number | undefined,
  ) {
    this.bytes = bytes
    this.revision = revision
    this.place = place
    this.erased = erased
  }
}

const unconfirmed = Number.NEGATIVE_INFINITY

/** A row of lists_by_user; undefined where there is none. */
export const rowOfStore = (bytes: Uint8Array | undefined): ListRow => ({
  bytes,
  revision: bytes ? encodedListRevision(bytes) : 0n,
})

type ListRecord = Pick<StoredRecord, 'value' | 'headers' | 'offset'>

/** A record of topic lists. @throws RecordError where it is neither a list nor an erasure; only the head is looked at */
export function rowOfRecord({ value, headers, offset: place }: ListRecord): ListRow {
  if (value !== null) return { bytes: value, revision: encodedListRevision(value, place), place }
  const { position, epoch, backfilled } = erasureOf(headers)
  const { offset } = position
  return { bytes: undefined, revision: revisionOf(offset, epoch), erased: { offset, epoch, backfilled } }
}

/** Whether all of a record of topic lists can be decoded. */
export function isReadable(record: ListRecord): boolean {
  try {
    return new Entry(rowOfRecord(record)).isReadable()
  } catch {
    return false
  }
}

class Entry implements ListEntry {
  readonly revision: bigint
  readonly erased: ListEntry['erased']
  private bytes: Uint8Array | undefined
  private readonly place: number | undefined
  private decoded: StoredList | undefined

  constructor({ bytes, revision, erased, place }: ListRow) {
    this.revision = revision
    this.place = place
    this.erased = erased
    this.bytes = bytes
  }

  get list(): StoredList | undefined {
    if (this.bytes) this.decoded = openList(this.bytes, this.place)
    this.bytes = undefined
    return this.decoded
  }

  /** Decodes the list: of rows from the tail only the head has been decoded so far. */
  isReadable(): boolean {
    try {
      void this.list
      return true
    } catch {
      return false
    }
  }
}

/**
 * Measured bytes of a slot in addition to the list and the user's id: the objects of the slot and its bytes, and the
 * cache's own.
 */
const slotBytes = 600

/** How long a row of the store is valid while the tail has not confirmed it, ms. */
const storeMsMax = 5_000

/**
 * Lists of users that were requested or that have open subscriptions. The newest revision wins, whether it came from
 * the store or the topic. Lists are kept as bytes (2 kB; decoded 20 kB), and lists in use also decoded.
 *
 * Topic lists contains the lists of all users. Most are never read from this server and are not cached. For a user
 * without an entry, as after an eviction, CurrentLists compares the store with the lists that the sink has not stored
 * yet.
 */
export class ListCache {
  private readonly slots: LRUCache<string, Slot>
  private readonly decoded = new LRUCache<Slot, Entry>({ max: 500 })
  hits = 0
  misses = 0

  constructor(
    private readonly clock: Clock,
    bytesMax: number,
  ) {
    this.slots = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (slot, userId) => (slot.bytes?.length ?? 0) + userId.length + slotBytes,
    })
  }

  get size(): number {
    return this.slots.size
  }

  /** undefined: read the store. */
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

  /** The newest list that is known, confirmed or not. */
  peek(userId: string): ListEntry | undefined {
    const slot = this.slots.peek(userId)
    const entry = slot && this.entryOf(slot)
    if (!entry || entry.isReadable()) return entry
    this.slots.delete(userId)
    return undefined
  }

  /**
   * Adds a record of topic lists. @returns the entry if it is newer than the previous one
   * @param isListenedTo whether to keep it although the user's list was not requested
   */
  putFromTail(userId: string, row: ListRow, isListenedTo: boolean): ListEntry | undefined {
    const known = this.slots.peek(userId)
    if (known && known.revision > row.revision) return undefined
    if (!known && !isListenedTo) return new Entry(row)
    // A missing row does not show whether the user was erased before or after this record.
    const isConfirmed = known !== undefined && known.readAt !== unconfirmed && known.revision > 0n
    this.slots.set(userId, new Slot(row, isConfirmed ? undefined : unconfirmed))
    return new Entry(row)
  }

  /**
   * Adds the newest row that was read from the store or, if the sink is behind, from the topic. An older row never
   * replaces a newer one. @returns the newest entry
   */
  confirm(userId: string, row: ListRow): ListEntry {
    const known = this.peek(userId)
    const readAt = this.slots.peek(userId)?.readAt
    const isRead = readAt !== undefined && readAt !== unconfirmed
    if (!known || known.revision < row.revision || (isRead && known.revision === row.revision)) {
      return this.set(userId, new Slot(row, this.clock.now()))
    }
    if (readAt === unconfirmed) this.set(userId, new Slot(this.slots.peek(userId)!, undefined))
    return known
  }

  /** Removes the users that `isOut` names. */
  remove(isOut: (userId: string) => boolean): void {
    for (const userId of [...this.slots.keys()]) if (isOut(userId)) this.slots.delete(userId)
  }

  /** To be called after a gap in the tail, when any entry may be outdated. */
  clear(): void {
    this.slots.clear()
    this.decoded.clear()
  }

  private set(userId: string, slot: Slot): Entry {
    this.slots.set(userId, slot)
    return this.entryOf(slot)
  }

  private entryOf(slot: Slot): Entry {
    let entry = this.decoded.get(slot)
    if (!entry) this.decoded.set(slot, (entry = new Entry(slot)))
    return entry
  }
}
