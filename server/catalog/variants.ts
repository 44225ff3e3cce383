import type { Item } from '../../schema/graphql/item.ts'

const none: readonly string[] = []

/** The items of each group, best seller first. */
export class Variants {
  private readonly groups = new Map<string, string[]>()
  private ranks: ReadonlyMap<string, number> = new Map()

  /** @param before the item as it was, undefined where it is new; @param after undefined where it is gone */
  put(before: Item | undefined, after: Item | undefined): void {
    if (before?.groupId === after?.groupId) return
    if (before?.groupId != null) this.remove(before.groupId, before.id)
    if (after?.groupId == null) return
    const ids = [...(this.groups.get(after.groupId) ?? none), after.id]
    this.groups.set(after.groupId, ids.sort(this.byRank))
  }

  get hasGroups(): boolean {
    return this.groups.size > 0
  }

  /** @param bestSellers item ids, the best first; items that are not among them come last, by id */
  rank(bestSellers: readonly string[]): void {
    if (!this.hasGroups) return
    this.ranks = new Map(bestSellers.map((id, rank) => [id, rank]))
    for (const ids of this.groups.values()) ids.sort(this.byRank)
  }

  of(groupId: string): readonly string[] {
    return this.groups.get(groupId) ?? none
  }

  private remove(groupId: string, id: string): void {
    const ids = this.of(groupId).filter((other) => other !== id)
    if (ids.length > 0) this.groups.set(groupId, ids)
    else this.groups.delete(groupId)
  }

  private readonly byRank = (a: string, b: string): number => {
    const byRank = (this.ranks.get(a) ?? Number.MAX_SAFE_INTEGER) - (this.ranks.get(b) ?? Number.MAX_SAFE_INTEGER)
    return byRank || (a < b ? -1 : 1)
  }
}
