import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/ports/clock.ts'
import { decodePicks, type Picks, picksWrittenAt } from '../../schema/records/picks.ts'

/** What is known of one user's list. */
export interface PicksEntry {
  /** undefined: no list, so a stranger (never seen, or erased). */
  readonly picks: Picks | undefined
  /** Orders entries of one user: the position in the log they stand for; 0 where nothing is known. */
  readonly writtenAt: bigint
  /** The position of the erasure, where there was one. */
  readonly erased?: { readonly offset: number; readonly epoch: number }
}

interface Slot {
  readonly bytes: Uint8Array | undefined
  readonly writtenAt: bigint
  readonly erased?: PicksEntry['erased']
  /** undefined: the tail of the topic vouches for it. */
  readonly readAt: number | undefined
}

/** How long a row of the store is believed that the tail has not confirmed. */
const storeMsMax = 5_000

/**
 * Lists by user, newest position wins whichever way it came. Kept as bytes (2 kB, decoded 20); the lists in use stay
 * decoded.
 */
export class PicksCache {
  readonly #slots: LRUCache<string, Slot>
  readonly #decoded = new LRUCache<Slot, PicksEntry>({ max: 500 })
  readonly #clock: Clock
  hits = 0
  misses = 0

  constructor(clock: Clock, bytesMax: number) {
    this.#clock = clock
    this.#slots = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (slot, userId) => (slot.bytes?.length ?? 0) + userId.length + 200,
    })
  }

  get size(): number {
    return this.#slots.size
  }

  /** undefined: ask the store. */
  get(userId: string): PicksEntry | undefined {
    const slot = this.#slots.get(userId)
    const known = slot && (slot.readAt === undefined || this.#clock.now() - slot.readAt < storeMsMax)
    if (!known) {
      this.misses++
      return undefined
    }
    this.hits++
    return this.#entryOf(slot)
  }

  /** A record of topic picks. @returns the entry where it is newer than what was known. */
  fromTail(userId: string, bytes: Uint8Array): PicksEntry | undefined {
    const picks = decodePicks(bytes)
    return this.#put(userId, { bytes, writtenAt: picksWrittenAt(picks), readAt: undefined }, picks)
  }

  /** The list was erased at this position. */
  erased(userId: string, writtenAt: bigint, erased: { offset: number; epoch: number }): PicksEntry | undefined {
    return this.#put(userId, { bytes: undefined, writtenAt, erased, readAt: undefined }, undefined)
  }

  /** A row of the store; undefined where there is none. @returns the newest entry there is. */
  fromStore(userId: string, bytes: Uint8Array | undefined): PicksEntry {
    const picks = bytes === undefined ? undefined : decodePicks(bytes)
    const slot = { bytes, writtenAt: picks ? picksWrittenAt(picks) : 0n, readAt: this.#clock.now() }
    return this.#put(userId, slot, picks) ?? this.#entryOf(this.#slots.peek(userId) as Slot)
  }

  /** After a gap in the tail nothing is vouched for. */
  clear(): void {
    this.#slots.clear()
    this.#decoded.clear()
  }

  #put(userId: string, slot: Slot, picks: Picks | undefined): PicksEntry | undefined {
    const known = this.#slots.peek(userId)
    if (known && known.writtenAt > slot.writtenAt) return undefined
    if (known && known.writtenAt === slot.writtenAt && known.readAt === undefined && slot.readAt !== undefined) {
      return undefined
    }
    this.#slots.set(userId, slot)
    const entry = { picks, writtenAt: slot.writtenAt, erased: slot.erased }
    this.#decoded.set(slot, entry)
    return entry
  }

  #entryOf(slot: Slot): PicksEntry {
    const decoded = this.#decoded.get(slot)
    if (decoded) return decoded
    const picks = slot.bytes && decodePicks(slot.bytes)
    const entry = { picks, writtenAt: slot.writtenAt, erased: slot.erased }
    this.#decoded.set(slot, entry)
    return entry
  }
}
