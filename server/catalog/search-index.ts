import MiniSearch from 'minisearch'
import type { Item } from '../../schema/graphql/item.ts'

interface Document {
  readonly id: string
  readonly title: string
  readonly labels: string
  readonly description: string
}

/**
 * Maximum changes indexed in one turn of the event loop, so that a bulk load of the catalog does not delay requests.
 */
const sliceItems = 200

/**
 * Full-text search over the catalog. Nothing is indexed before `open`, because an index takes about 1 kB an item and many
 * shops have a search of their own. Changes after it are queued and indexed between requests; a search indexes the rest
 * first.
 */
export class SearchIndex {
  private readonly index = new MiniSearch<Document>({
    fields: ['title', 'labels', 'description'],
    searchOptions: {
      boost: { title: 3, labels: 2 },
      combineWith: 'AND',
      prefix: (_term, n, terms) => n === terms.length - 1,
      fuzzy: (term) => (term.length > 5 ? 0.2 : false),
    },
  })
  /** By id: the item to index; undefined: to remove from the index. */
  private readonly queue = new Map<string, Item | undefined>()
  private scheduled = false
  private opened: Promise<void> | undefined
  /** Called once nothing is queued. */
  private onIndexed = () => {}

  /** Resolves once all items are indexed, 200 in each turn of the event loop. Later calls return the same promise. */
  open(items: Iterable<Item>): Promise<void> {
    this.opened ??= new Promise((resolve) => {
      this.onIndexed = resolve
      for (const item of items) this.queue.set(item.id, item)
      this.schedule()
    })
    return this.opened
  }

  put(id: string, item: Item | undefined): void {
    if (this.opened === undefined) return
    this.queue.delete(id)
    this.queue.set(id, item)
    this.schedule()
  }

  /** Matching ids, best first; none before `open`. All words must match; the last one also as a prefix. */
  search(text: string): { id: string; score: number }[] {
    this.indexQueued(Number.POSITIVE_INFINITY)
    return this.index.search(text).map(({ id, score }) => ({ id: id as string, score }))
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.indexQueued(sliceItems)
      if (this.queue.size > 0) this.schedule()
      else this.onIndexed()
    }).unref()
  }

  private indexQueued(max: number): void {
    let indexed = 0
    for (const [id, item] of this.queue) {
      if (indexed++ >= max) return
      this.queue.delete(id)
      if (this.index.has(id)) this.index.discard(id)
      if (item) this.index.add(toDocument(item))
    }
  }
}

const toDocument = ({ id, title, categories, tags, description }: Item): Document => ({
  id,
  title,
  labels: [...categories, ...tags].join(' '),
  description: description ?? '',
})
