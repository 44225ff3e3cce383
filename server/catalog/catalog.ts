import type { Logger } from '../../platform/logger.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { Item } from '../../schema/graphql/item.ts'
import { decodeItem, type ItemRecord } from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import { NewestFirst } from './newest-first.ts'
import { SearchIndex } from './search-index.ts'

export type CatalogListener = (changedIds: ReadonlySet<string>) => void

/** Every item, in memory, as topic `items` has it. Each server holds one. */
export class Catalog {
  /** Items are immutable; a change is another object. In the order they were first put. */
  readonly items = new Map<string, Item>()
  /** Rises with every change. */
  generation = 0
  private appliedUpTo = 0
  private readonly newest = new NewestFirst(() => this.items.values())
  private readonly listeners = new Set<CatalogListener>()
  private readonly index = new SearchIndex()
  private readonly logger: Logger

  constructor(logger: Logger) {
    this.logger = logger
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

  /** Called after every batch of changes, with the ids that were put or removed. */
  onChange(listener: CatalogListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Newest publication first, items without a date last, then by id. */
  newestFirst(): readonly Item[] {
    return this.newest.list()
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
      if (after) this.items.set(key, after)
      else this.items.delete(key)
      this.index.put(key, after)
      changed.add(key)
    }
    this.generation++
    for (const listener of this.listeners) listener(changed)
  }

  private read(key: string, value: Uint8Array | null, offset: number): Item | undefined | 'bad' {
    if (value === null) return undefined
    try {
      return toItem(decodeItem(key, value))
    } catch (error) {
      this.logger.warn({ offset, reason: messageOf(error) }, 'a record of topic items was left out')
      return 'bad'
    }
  }
}

function toItem(record: ItemRecord): Item {
  return new Item({
    id: record.id,
    title: record.title,
    description: record.description ?? null,
    categories: record.categories ?? [],
    tags: record.tags ?? [],
    price: record.price ?? null,
    imageUrl: record.imageUrl ?? null,
    available: record.available ?? true,
    publishedAt: record.publishedAt == null ? null : Date.parse(record.publishedAt),
  })
}
