import MiniSearch from 'minisearch'
import type { Item } from '../../schema/graphql/item.ts'

interface Document {
  readonly id: string
  readonly title: string
  readonly labels: string
  readonly description: string
}

/** Changes taken in at one go, so that a bulk load of the catalog leaves room for requests. */
const sliceItems = 200

/** Full-text search over the catalog. Changes are queued and indexed between requests; a search sees all of them. */
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
  /** By id: the item to index, undefined to take it out. */
  private readonly queue = new Map<string, Item | undefined>()
  private scheduled = false

  put(id: string, item: Item | undefined): void {
    this.queue.delete(id)
    this.queue.set(id, item)
    this.schedule()
  }

  /** Matching ids, best first; all words must match, the last may be unfinished. */
  search(text: string): { id: string; score: number }[] {
    this.takeIn(Number.POSITIVE_INFINITY)
    return this.index.search(text).map(({ id, score }) => ({ id: id as string, score }))
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.takeIn(sliceItems)
      if (this.queue.size > 0) this.schedule()
    }).unref()
  }

  private takeIn(most: number): void {
    let taken = 0
    for (const [id, item] of this.queue) {
      if (taken++ >= most) return
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
