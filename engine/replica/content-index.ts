import type { ItemMeta } from '../types.ts'

/** Maximum items per term that a query reads, the first in index order. */
const postingsReadMax = 200

/** Minimum weight of terms with more items than a query reads: terms that over half of all items have are ignored. */
const termWeightMin = Math.LN2

/** Maximum terms per item: categories, then tags, then words of the title. */
const termsMax = 24

/** The items that have a term. */
interface Posting {
  /** The first postingsReadMax, in order. */
  readonly first: number[]
  /** All others, unordered. */
  readonly rest: number[]
}

/**
 * Index of the terms of titles, tags and categories. Weights are inverse document frequencies (Spärck Jones 1972) at
 * query time, so that a new item is found immediately.
 */
export class ContentIndex {
  private readonly terms: (readonly number[] | undefined)[] = []
  private readonly numbers = new Map<string, number>()
  private readonly postings: Posting[] = []
  private documents = 0

  /** @param isBefore index order: whether a query reads `a` before `b`. */
  constructor(private readonly isBefore: (a: number, b: number) => boolean) {}

  put(item: number, meta: ItemMeta): void {
    this.remove(item)
    const numbers = termsOf(meta).map((term) => this.numberOf(term))
    for (const term of numbers) this.addPosting(this.postings[term]!, item)
    this.terms[item] = numbers
    this.documents++
  }

  /** Must be called before the sort key of the item changes. */
  remove(item: number): void {
    const terms = this.terms[item]
    if (terms === undefined) return
    for (const term of terms) this.removePosting(this.postings[term]!, item)
    this.terms[item] = undefined
    this.documents--
  }

  /**
   * Calls `visit` for lists of items that share a term with `item`, among them the item itself; the weights of one
   * item's terms sum to at most 1.
   */
  forEachRelated(item: number, visit: (others: readonly number[], weight: number) => void): void {
    const terms = this.terms[item]
    if (terms === undefined || terms.length === 0) return
    let norm = 0
    for (const term of terms) norm += this.weightOf(term)
    if (norm <= 0) return
    for (const term of terms) {
      const weight = this.weightOf(term)
      const { first, rest } = this.postings[term]!
      if (rest.length === 0 || weight >= termWeightMin) visit(first, weight / norm)
    }
  }

  private weightOf(term: number): number {
    const { first, rest } = this.postings[term]!
    return Math.log((1 + this.documents) / (1 + first.length + rest.length))
  }

  private addPosting({ first, rest }: Posting, item: number): void {
    if (first.length === postingsReadMax && this.isBefore(first[postingsReadMax - 1]!, item)) {
      rest.push(item)
      return
    }
    let low = 0
    let high = first.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.isBefore(first[middle]!, item)) low = middle + 1
      else high = middle
    }
    first.splice(low, 0, item)
    if (first.length > postingsReadMax) rest.push(first.pop()!)
  }

  private removePosting({ first, rest }: Posting, item: number): void {
    const place = first.indexOf(item)
    if (place < 0) takeAt(rest, rest.lastIndexOf(item))
    else {
      first.splice(place, 1)
      if (rest.length === 0) return
      let next = 0
      for (let k = 1; k < rest.length; k++) if (this.isBefore(rest[k]!, rest[next]!)) next = k
      first.push(rest[next]!)
      takeAt(rest, next)
    }
  }

  private numberOf(term: string): number {
    let number = this.numbers.get(term)
    if (number === undefined) {
      number = this.postings.push({ first: [], rest: [] }) - 1
      this.numbers.set(term, number)
    }
    return number
  }
}

/** Removes an element by moving the last one into its place. */
function takeAt(items: number[], place: number): void {
  const last = items.pop()!
  if (place < items.length) items[place] = last
}

/** Distinct terms of an item: categories, tags, then words of the title. */
export function termsOf(meta: ItemMeta): string[] {
  const terms = new Set<string>()
  for (const category of meta.categories) terms.add(`c:${category.toLowerCase()}`)
  for (const tag of meta.tags) terms.add(`t:${tag.toLowerCase()}`)
  for (const word of meta.title.toLowerCase().split(/[^\p{L}\p{N}]+/u)) if (word.length > 1) terms.add(`w:${word}`)
  return [...terms].slice(0, termsMax)
}
