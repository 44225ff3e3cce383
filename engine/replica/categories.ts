/**
 * The categories of items. Items with the same categories share one set number, so that a query evaluates each set
 * once.
 */
export class Categories {
  /** Set number per item; 0 for none. */
  setOf = new Int32Array(64)
  readonly names: string[] = []
  readonly sets: (readonly number[])[] = [[]]
  private readonly numbers = new Map<string, number>()
  private readonly known = new Map<string, number>()

  put(item: number, categories: readonly string[]): void {
    if (item >= this.setOf.length) {
      const wider = new Int32Array(item * 2)
      wider.set(this.setOf)
      this.setOf = wider
    }
    this.setOf[item] = categories.length === 0 ? 0 : this.setNumber(categories)
  }

  /** Category numbers of an item, in the order of the item record. */
  of(item: number): readonly number[] {
    return item >= 0 && item < this.setOf.length ? this.sets[this.setOf[item]!]! : []
  }

  private setNumber(categories: readonly string[]): number {
    const key = categories.join('\0')
    let set = this.known.get(key)
    if (set === undefined) {
      set = this.sets.push(categories.map((name) => this.numberOf(name))) - 1
      this.known.set(key, set)
    }
    return set
  }

  private numberOf(name: string): number {
    let number = this.numbers.get(name)
    if (number === undefined) {
      number = this.names.push(name) - 1
      this.numbers.set(name, number)
    }
    return number
  }
}
