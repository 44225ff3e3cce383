import { AppError } from '../../schema/app-error.ts'
import type { Item, ItemConnection, ItemFilter } from '../../schema/graphql/item.ts'
import { eligibilityTest, filterTest } from '../lists/item-filter.ts'
import type { Catalog } from './catalog.ts'
import { byNewest } from './newest-first.ts'

interface Page {
  readonly search: string | null
  readonly filter: ItemFilter | null
  readonly first: number
  readonly after: string | null
  readonly includeUnavailable: boolean
}

interface Match {
  readonly item: Item
  /** The place in the order: how well it matches, or when it was published. */
  readonly key: number
}

/** One page of the catalog. A cursor names a place in the order, so it holds when items come and go between pages. */
export function searchCatalog(catalog: Catalog, page: Page): ItemConnection {
  const passes = page.includeUnavailable ? (filterTest(page.filter) ?? (() => true)) : eligibilityTest(page.filter)
  const matches = (page.search === null ? newest(catalog) : found(catalog, page.search)).filter(({ item }) =>
    passes(item),
  )
  const start = page.after === null ? 0 : placeAfter(matches, page.after)
  const edges = matches.slice(start, start + page.first).map((match) => ({ cursor: encode(match), node: match.item }))
  return {
    edges,
    pageInfo: {
      hasNextPage: start + page.first < matches.length,
      hasPreviousPage: start > 0 && matches.length > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: matches.length,
  }
}

const newest = (catalog: Catalog): Match[] =>
  catalog.newestFirst().map((item) => ({ item, key: item.publishedAt ?? Number.MIN_SAFE_INTEGER }))

const found = (catalog: Catalog, text: string): Match[] =>
  catalog
    .search(text)
    .flatMap(({ id, score }) => {
      const item = catalog.get(id)
      return item ? [{ item, key: score }] : []
    })
    .sort((a, b) => b.key - a.key || byNewest(a.item, b.item))

function placeAfter(matches: readonly Match[], cursor: string): number {
  const [key, id] = decode(cursor)
  const exact = matches.findIndex(({ item }) => item.id === id)
  if (exact !== -1 && matches[exact]!.key === key) return exact + 1
  const next = matches.findIndex((match) => match.key < key || (match.key === key && match.item.id > id))
  return next === -1 ? matches.length : next
}

const encode = ({ key, item }: Match): string => Buffer.from(JSON.stringify([key, item.id])).toString('base64url')

function decode(cursor: string): [number, string] {
  try {
    const [key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (typeof key === 'number' && typeof id === 'string') return [key, id]
  } catch {
    // Said below.
  }
  throw new AppError('BAD_USER_INPUT', {
    message: 'after: expected a cursor of this catalog',
    issues: [
      { path: 'after', message: `expected a cursor of this catalog, got ${JSON.stringify(cursor.slice(0, 64))}` },
    ],
  })
}
