import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { Item } from '../../schema/graphql/item.ts'
import { decodeItem, type ItemRecord, toAttributes, toMs } from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import { AvailabilityWindows, isInside } from './availability-windows.ts'
import { NewestFirst } from './newest-first.ts'
import { SearchIndex } from './search-index.ts'
import { Variants } from './variants.ts'

export type CatalogListener = (changedIds: ReadonlySet<string>) => void

/**
 * All items, in memory, read from topic `items`; each server has one. When an availability window begins or ends, the
 * item is replaced by one with the new `isListed` and listeners are notified, as for an item that is put again.
 */
export class Catalog {
  /** In the order in which they were first put. Items are immutable: a change replaces the object. */
  readonly items = new Map<string, Item>()
  /** Increases with every change. */
  generation = 0
  private appliedUpTo = 0
  private readonly newest = new NewestFirst(() => this.items.values())
  private readonly listeners = new Set<CatalogListener>()
  private readonly index = new SearchIndex()
  private readonly windows: AvailabilityWindows
  private readonly variants = new Variants()

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {
    this.windows = new AvailabilityWindows({ clock, onChange: (ids) => this.applyWindows(ids) })
  }

  /** Entries held for future changes of availability. */
  get windowsHeld(): number {
    return this.windows.size
  }

  /** Stops watching availability windows. */
  close(): void {
    this.windows.close()
  }

  /** Offset after the newest record read; causal tokens of putItems are compared with it. */
  get readUpTo(): number {
    return this.appliedUpTo
  }

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.items, from: 'beginning' }, (records) => this.apply(records))
  }

  get(id: string): Item | undefined {
    return this.items.get(id)
  }

  /**
   * Calls `listener` after every batch of changes, with the ids that were put or removed, or whose availability
   * changed.
   */
  onChange(listener: CatalogListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** By `publishedAt`, newest first, items without a date last; ties by id. */
  newestFirst(): readonly Item[] {
    return this.newest.list()
  }

  get hasGroups(): boolean {
    return this.variants.hasGroups
  }

  /** Ids of all items of the group, best seller first. */
  variantsOf(groupId: string): readonly string[] {
    return this.variants.of(groupId)
  }

  /** @param bestSellers item ids, the best first */
  rankVariants(bestSellers: readonly string[]): void {
    this.variants.rank(bestSellers)
  }

  /** Resolves once `search` knows every item. The first call begins to index them. */
  openSearch(): Promise<void> {
    return this.index.open(this.items.values())
  }

  /** Full-text search, after `openSearch`. @returns ids with their scores, best first */
  search(text: string): { id: string; score: number }[] {
    return this.index.search(text)
  }

  apply(records: readonly StoredRecord[]): void {
    const changed = new Set<string>()
    const now = this.clock.now()
    for (const { key, value, offset } of records) {
      this.appliedUpTo = Math.max(this.appliedUpTo, offset + 1)
      const before = this.items.get(key)
      const after = this.read({ key, value, offset }, now)
      if (after === 'invalid') continue
      this.newest.note(before, after)
      this.variants.put(before, after)
      if (after) this.items.set(key, after)
      else this.items.delete(key)
      this.index.put(key, after)
      this.windows.put(key, after, now)
      changed.add(key)
    }
    this.notify(changed)
  }

  private applyWindows(ids: readonly string[]): void {
    const now = this.clock.now()
    for (const id of ids) {
      const before = this.items.get(id)!
      const after = new Item({ ...before, isListed: isListedAt(before, now) })
      this.newest.note(before, after)
      this.items.set(id, after)
      this.windows.put(id, after, now)
    }
    this.notify(new Set(ids))
  }

  private notify(changed: ReadonlySet<string>): void {
    this.generation++
    for (const listener of this.listeners) listener(changed)
  }

  /** @returns undefined for a tombstone */
  private read(
    { key, value, offset }: Pick<StoredRecord, 'key' | 'value' | 'offset'>,
    now: number,
  ): Item | undefined | 'invalid' {
    if (value === null) return undefined
    try {
      return toItem(decodeItem(key, value), now)
    } catch (error) {
      this.logger.warn({ offset, reason: messageOf(error) }, 'a record of topic items was skipped')
      return 'invalid'
    }
  }
}

const isListedAt = (item: Pick<Item, 'available' | 'availableFrom' | 'availableUntil'>, now: number): boolean =>
  item.available && isInside(item, now)

function toItem(record: ItemRecord, now: number): Item {
  const available = record.available ?? true
  const window = { availableFrom: toMs(record.availableFrom), availableUntil: toMs(record.availableUntil) }
  return new Item({
    id: record.id,
    title: record.title,
    description: record.description ?? null,
    categories: record.categories ?? [],
    tags: record.tags ?? [],
    price: record.price ?? null,
    imageUrl: record.imageUrl ?? null,
    available,
    publishedAt: toMs(record.publishedAt),
    ...window,
    groupId: record.groupId ?? null,
    attributes: toAttributes(record),
    isListed: isListedAt({ available, ...window }, now),
  })
}
