import { AppError } from '../../schema/app-error.ts'
import type { Item, ItemConnection, ItemFilter } from '../../schema/graphql/item.ts'
import { eligibilityTest, filterTest } from '../lists/item-filter.ts'
import type { Catalog } from './catalog.ts'

interface Page {
  readonly search: string | null
  readonly filter: ItemFilter | null
  readonly first: number
  readonly after: string | null
  readonly includeUnavailable: boolean
}

interface Match {
  readonly item: Item
  /**
   * Sort key: when it was published; in a search its score, then when it was published. Greater is first, ties by id.
   */
  readonly key: readonly number[]
}

/**
 * One page of the catalog. A cursor has the sort key of its item, so it stays valid when items are added or removed.
 */
export function searchCatalog(catalog: Catalog, page: Page): ItemConnection {
  const passes = page.includeUnavailable ? (filterTest(page.filter) ?? (() => true)) : eligibilityTest(page.filter)
  const matches = (page.search === null ? newest(catalog) : found(catalog, page.search)).filter(({ item }) =>
    passes(item),
  )
  const start = page.after === null ? 0 : indexAfter(matches, page.after, page.search === null ? 1 : 2)
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

const newest = (catalog: Catalog): Match[] => catalog.newestFirst().map((item) => ({ item, key: [publishedKey(item)] }))

const publishedKey = ({ publishedAt }: Item): number => publishedAt ?? Number.MIN_SAFE_INTEGER

/**
 * Scores are relative to the best one: every change of the catalog changes the frequencies of words, and so all scores.
 */
function found(catalog: Catalog, text: string): Match[] {
  const results = catalog.search(text)
  const best = results[0]?.score ?? 1
  const matches = results.flatMap(({ id, score }): Match[] => {
    const item = catalog.get(id)
    return item ? [{ item, key: [score / best, publishedKey(item)] }] : []
  })
  return matches.sort((a, b) => compare(a.key, a.item.id, b))
}

/** @returns a negative number if the key and id come before the match */
function compare(key: readonly number[], id: string, match: Match): number {
  for (const [n, value] of key.entries()) if (value !== match.key[n]) return match.key[n]! - value
  return id < match.item.id ? -1 : id > match.item.id ? 1 : 0
}

/**
 * Index of the first match after the cursor. In a search, whose scores change, the item of the cursor is looked up
 * first.
 */
function indexAfter(matches: readonly Match[], cursor: string, keys: number): number {
  const [key, id] = decode(cursor, keys)
  const exact = keys > 1 ? matches.findIndex(({ item }) => item.id === id) : -1
  if (exact !== -1) return exact + 1
  const next = matches.findIndex((match) => compare(key, id, match) < 0)
  return next === -1 ? matches.length : next
}

const encode = ({ key, item }: Match): string => Buffer.from(JSON.stringify([...key, item.id])).toString('base64url')

/** @throws AppError BAD_USER_INPUT */
function decode(cursor: string, keys: number): [number[], string] {
  try {
    const values: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const key = values.slice(0, -1)
    const id = values.at(-1)
    const isKey = key.length === keys && key.every((value): value is number => typeof value === 'number')
    if (isKey && typeof id === 'string') return [key, id]
  } catch {
    // Not a JSON array: rejected below.
  }
  throw new AppError('BAD_USER_INPUT', {
    message: 'after: expected a cursor of this catalog',
    issues: [
      { path: 'after', message: `expected a cursor of this catalog, got ${JSON.stringify(cursor.slice(0, 64))}` },
    ],
  })
}
