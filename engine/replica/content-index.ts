import type { ItemMeta } from '../types.ts'

/** Items per term that a query looks at, newest first: a term that everything carries says little. */
const POSTINGS_MAX = 200

/** Terms per item: categories, then tags, then words of the title. */
const TERMS_MAX = 24

/**
 * Terms of titles, tags and categories, both ways round. Weights are inverse document frequencies (Spärck Jones 1972), read at query time, so that
 * an item counts from the moment it is put.
 */
export class ContentIndex {
  readonly terms: Int32Array[] = []
  private readonly numbers = new Map<string, number>()
  private readonly postings: number[][] = []
  private documents = 0

  put(item: number, meta: ItemMeta): void {
    this.remove(item)
    const numbers = termsOf(meta).map((term) => this.numberOf(term))
    for (const term of numbers) this.postings[term]!.push(item)
    this.terms[item] = Int32Array.from(numbers)
    this.documents++
  }

  remove(item: number): void {
    const terms = this.terms[item]
    if (terms === undefined) return
    for (const term of terms) {
      const list = this.postings[term]!
      list.splice(list.lastIndexOf(item), 1)
    }
    delete this.terms[item]
    this.documents--
  }

  /** Calls `visit` for items that share terms with `item`; the weights of one item's terms sum to at most 1. */
  eachRelated(item: number, visit: (other: number, weight: number) => void): void {
    const terms = this.terms[item]
    if (terms === undefined || terms.length === 0) return
    let norm = 0
    for (const term of terms) norm += this.weightOf(term)
    if (norm <= 0) return
    for (const term of terms) {
      const list = this.postings[term]!
      const weight = this.weightOf(term) / norm
      for (let k = list.length - 1, stop = Math.max(0, list.length - POSTINGS_MAX); k >= stop; k--)
        if (list[k] !== item) visit(list[k]!, weight)
    }
  }

  private weightOf(term: number): number {
    return Math.log((1 + this.documents) / (1 + this.postings[term]!.length))
  }

  private numberOf(term: string): number {
    let number = this.numbers.get(term)
    if (number === undefined) {
      number = this.postings.push([]) - 1
      this.numbers.set(term, number)
    }
    return number
  }
}

/** Distinct terms of an item, those that its owner chose first. */
export function termsOf(meta: ItemMeta): string[] {
  const terms = new Set<string>()
  for (const category of meta.categories) terms.add(`c:${category.toLowerCase()}`)
  for (const tag of meta.tags) terms.add(`t:${tag.toLowerCase()}`)
  for (const word of meta.title.toLowerCase().split(/[^\p{L}\p{N}]+/u)) if (word.length > 1) terms.add(`w:${word}`)
  return [...terms].slice(0, TERMS_MAX)
}
