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
 * Every item, in memory, as topic `items` has it. Each server holds one. When an availability window begins or ends, the
 * item is replaced by one with another `isListed`, as if it had been put again: listeners are told, also when nobody
 * changes anything.
 */
export class Catalog {
  /** Items are immutable; a change is another object. In the order they were first put. */
  readonly items = new Map<string, Item>()
  /** Rises with every change. */
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

  /** Entries that are kept of availability windows ahead. */
  get windowsHeld(): number {
    return this.windows.size
  }

  /** Availability windows are no longer watched. */
  close(): void {
    this.windows.close()
  }

  /** Offset after the newest record read: what a token's `items` is compared with. */
  get readUpTo(): number {
    return this.appliedUpTo
  }

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.items, from: 'beginning' }, (records) => this.apply(records))
  }

  get(id: string): Item | undefined {
    return this.items.get(id)
  }

  /** Called after every batch of changes, with the ids that were put or removed, or whose availability changed. */
  onChange(listener: CatalogListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Newest publication first, items without a date last, then by id. */
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

  /** Ids with how well they match, best first. */
  search(text: string): { id: string; score: number }[] {
    return this.index.search(text)
  }

  apply(records: readonly StoredRecord[]): void {
    const changed = new Set<string>()
    for (const { key, value, offset } of records) {
      this.appliedUpTo = Math.max(this.appliedUpTo, offset + 1)
      const before = this.items.get(key)
      const after = this.read(key, value, offset)
      if (after === 'bad') continue
      this.newest.note(before, after)
      this.variants.put(before, after)
      if (after) this.items.set(key, after)
      else this.items.delete(key)
      this.index.put(key, after)
      this.windows.put(key, after)
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
      this.windows.put(id, after)
    }
    this.notify(new Set(ids))
  }

  private notify(changed: ReadonlySet<string>): void {
    this.generation++
    for (const listener of this.listeners) listener(changed)
  }

  private read(key: string, value: Uint8Array | null, offset: number): Item | undefined | 'bad' {
    if (value === null) return undefined
    try {
      return toItem(decodeItem(key, value), this.clock.now())
    } catch (error) {
      this.logger.warn({ offset, reason: messageOf(error) }, 'a record of topic items was left out')
      return 'bad'
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
