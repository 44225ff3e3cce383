import type { ItemSide } from '../replica/item-side.ts'

/** Which items a list may have: those that are available and not excluded. One list at a time. */
export class Eligibility {
  /** By item: the generation it is excluded in, so that a new list begins without clearing. */
  private excludedIn = new Uint32Array(0)
  private generation = 0
  private availableAt = 0

  constructor(private readonly side: ItemSide) {}

  /**
   * Begins a list; nothing is excluded yet.
   * @param availableAt time for which availability windows are read, ms
   */
  begin(availableAt: number): void {
    this.availableAt = availableAt
    if (this.excludedIn.length < this.side.size) this.excludedIn = new Uint32Array(this.side.size * 2)
    this.generation = this.generation === 0xffffffff ? 1 : this.generation + 1
  }

  exclude(item: number): void {
    this.excludedIn[item] = this.generation
  }

  excludeIds(ids: Iterable<string>): void {
    for (const id of ids) {
      const item = this.side.find(id)
      if (item !== undefined) this.exclude(item)
    }
  }

  /** A property, so that it can be passed on. */
  readonly isEligible = (item: number): boolean =>
    this.excludedIn[item] !== this.generation && this.side.isAvailableAt(item, this.availableAt)
}
