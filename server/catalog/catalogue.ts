import type { Logger } from '../../platform/logger.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { Item } from '../../schema/graphql/item.ts'
import { decodeItem, type ItemRecord } from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import { SearchIndex } from './search-index.ts'

export type CatalogueListener = (changedIds: ReadonlySet<string>) => void

/** Every item, in memory, as topic `items` has it. Each server holds one. */
export class Catalogue {
  /** Items are immutable; a change is another object. In the order they were first put. */
  readonly items = new Map<string, Item>()
  #readUpTo = 0
  #newestFirst: Item[] | undefined
  readonly #listeners = new Set<CatalogueListener>()
  readonly #index = new SearchIndex()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Offset after the newest record read: what a token's `items` is compared with. */
  get readUpTo(): number {
    return this.#readUpTo
  }

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.items, from: 'beginning' }, (records) => this.apply(records))
  }

  get(id: string): Item | undefined {
    return this.items.get(id)
  }

  /** Called after every batch of changes, with the ids that were put or removed. */
  onChange(listener: CatalogueListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Newest publication first, items without a date last, then by id. */
  newestFirst(): readonly Item[] {
    this.#newestFirst ??= [...this.items.values()].sort(byNewest)
    return this.#newestFirst
  }

  /** Ids with how well they match, best first. */
  search(text: string): { id: string; score: number }[] {
    return this.#index.search(text)
  }

  apply(records: readonly StoredRecord[]): void {
    const changed = new Set<string>()
    for (const { key, value, offset } of records) {
      this.#readUpTo = Math.max(this.#readUpTo, offset + 1)
      if (value === null) this.items.delete(key)
      else {
        try {
          this.items.set(key, toItem(decodeItem(key, value)))
        } catch (error) {
          this.#logger.warn({ offset, reason: messageOf(error) }, 'a record of topic items was left out')
          continue
        }
      }
      changed.add(key)
      this.#index.put(key, this.items.get(key))
    }
    this.#newestFirst = undefined
    for (const listener of this.#listeners) listener(changed)
  }
}

export const byNewest = (a: Item, b: Item): number =>
  (b.publishedAt ?? -Infinity) - (a.publishedAt ?? -Infinity) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

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
