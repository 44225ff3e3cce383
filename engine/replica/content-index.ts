import { attributeNamesMax, comparedValue } from '../attributes.ts'
import type { ItemMeta } from '../types.ts'

/** Maximum items per term that a query reads, the first in index order. */
const postingsReadMax = 200

/** Minimum weight of terms with more items than a query reads: terms that over half of all items have are ignored. */
const termWeightMin = Math.LN2

/** Maximum terms per item: categories, then tags, then words of the title. */
const termsMax = 24

/** Maximum values of attributes per item that a query reads beside its terms, in the order of the item. */
const attributeValuesReadMax = 8

/** A value of an attribute of an item. */
interface AttributeTerm {
  readonly name: string
  readonly term: number
}

/** The items that have a term. */
interface Posting {
  /** The first postingsReadMax, in order. */
  readonly first: number[]
  /** All others, unordered. */
  readonly rest: number[]
}

/**
 * Index of the terms of titles, tags and categories, and of the values of attributes. Weights are inverse document
 * frequencies (Spärck Jones 1972) at query time, so that a new item is found immediately. Queries read only the attributes
 * that training chose: any name may be put, and most (a SKU, a warehouse) say nothing about taste.
 */
export class ContentIndex {
  private readonly terms: (readonly number[] | undefined)[] = []
  private readonly attributeTerms: (readonly AttributeTerm[] | undefined)[] = []
  private chosen: ReadonlySet<string> = new Set()
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
    this.attributeTerms[item] = this.putAttributes(item, meta)
    this.documents++
  }

  /** Attribute names whose values queries read; at most `attributeNamesMax`. Default: none. */
  chooseAttributes(names: readonly string[]): void {
    this.chosen = new Set(names.slice(0, attributeNamesMax))
  }

  /** Must be called before the sort key of the item changes. */
  remove(item: number): void {
    const terms = this.terms[item]
    if (terms === undefined) return
    for (const term of terms) this.removePosting(this.postings[term]!, item)
    for (const { term } of this.attributeTerms[item] ?? []) this.removePosting(this.postings[term]!, item)
    this.terms[item] = undefined
    this.attributeTerms[item] = undefined
    this.documents--
  }

  /**
   * Calls `visit` for lists of items that share a term with `item`, among them the item itself; the weights of one
   * item's terms sum to at most 1.
   */
  forEachRelated(item: number, visit: (others: readonly number[], weight: number) => void): void {
    const terms = this.termsRead(item)
    let norm = 0
    for (const term of terms) norm += this.weightOf(term)
    if (norm <= 0) return
    for (const term of terms) {
      const weight = this.weightOf(term)
      const { first, rest } = this.postings[term]!
      if (rest.length === 0 || weight >= termWeightMin) visit(first, weight / norm)
    }
  }

  private termsRead(item: number): readonly number[] {
    const terms = this.terms[item] ?? []
    const attributes = this.attributeTerms[item]
    if (attributes === undefined || this.chosen.size === 0) return terms
    const read = attributes.filter(({ name }) => this.chosen.has(name)).slice(0, attributeValuesReadMax)
    return read.length === 0 ? terms : [...terms, ...read.map(({ term }) => term)]
  }

  private putAttributes(item: number, meta: ItemMeta): AttributeTerm[] | undefined {
    if (meta.attributes === undefined || meta.attributes.length === 0) return undefined
    const names = new Map<number, string>()
    for (const attribute of meta.attributes)
      names.set(this.numberOf(`a:${attribute.name}\0${comparedValue(attribute)}`), attribute.name)
    for (const term of names.keys()) this.addPosting(this.postings[term]!, item)
    return [...names].map(([term, name]) => ({ term, name }))
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
