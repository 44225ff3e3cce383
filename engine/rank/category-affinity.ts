import type { Categories } from '../replica/categories.ts'
import type { ItemSide } from '../replica/item-side.ts'
import type { Query } from './query.ts'

const recentsRead = 20

/** A user's affinity to categories, from their recent items. Holds one query at a time. */
export class CategoryAffinity {
  private scores = new Float64Array(0)
  private readonly touched: number[] = []
  private bySet = new Float64Array(0)
  private stamps = new Uint32Array(0)
  private stamp = 0

  constructor(private readonly categories: Categories) {}

  begin(query: Query, side: ItemSide): void {
    const { categories, touched } = this
    if (categories.names.length > this.scores.length) this.scores = new Float64Array(categories.names.length * 2)
    if (categories.sets.length > this.bySet.length) {
      this.bySet = new Float64Array(categories.sets.length * 2)
      this.stamps = new Uint32Array(this.bySet.length)
    }
    this.stamp = (this.stamp + 1) >>> 0 || 1
    for (const category of touched) this.scores[category] = 0
    touched.length = 0
    for (let k = 0, fade = 1; k < Math.min(recentsRead, query.recents.length); k++, fade *= 0.9) {
      const set = side.categories.of(query.recents[k]!)
      const weight = (fade * query.strengths[k]!) / set.length
      for (const category of set) {
        if (!touched.includes(category)) touched.push(category)
        this.scores[category]! += weight
      }
    }
  }

  /** Affinity of the query's user to an item's categories. 0 without categories. */
  of(item: number): number {
    const { setOf, sets } = this.categories
    const set = item < setOf.length ? setOf[item]! : 0
    if (this.stamps[set] === this.stamp) return this.bySet[set]!
    this.stamps[set] = this.stamp
    let sum = 0
    for (const category of sets[set]!) sum += this.scores[category]!
    return (this.bySet[set] = Math.max(0, sum / Math.sqrt(sets[set]!.length || 1)))
  }

  /** Names of the strongest categories, at most three, for the reason MatchesTaste. */
  strongest(): string[] {
    return this.touched
      .filter((category) => this.scores[category]! > 0)
      .sort((a, b) => this.scores[b]! - this.scores[a]!)
      .slice(0, 3)
      .map((category) => this.categories.names[category]!)
  }
}
