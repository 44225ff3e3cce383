import type { Item } from '../../schema/graphql/item.ts'

const none: readonly string[] = []

/** The items of each group, best seller first. */
export class Variants {
  private readonly groups = new Map<string, string[]>()
  /** Groups that must be sorted before they are read. */
  private readonly unsorted = new Set<string>()
  private ranks: ReadonlyMap<string, number> = new Map()

  /** Applies a change. @param before undefined: the item is new @param after undefined: it was removed */
  put(before: Item | undefined, after: Item | undefined): void {
    if (before?.groupId === after?.groupId) return
    if (before?.groupId != null) this.remove(before.groupId, before.id)
    if (after?.groupId == null) return
    const ids = this.groups.get(after.groupId)
    if (ids) ids.push(after.id)
    else this.groups.set(after.groupId, [after.id])
    this.unsorted.add(after.groupId)
  }

  get hasGroups(): boolean {
    return this.groups.size > 0
  }

  /** @param bestSellers item ids, best first; other items come last, by id */
  rank(bestSellers: readonly string[]): void {
    if (!this.hasGroups) return
    this.ranks = new Map(bestSellers.map((id, rank) => [id, rank]))
    for (const groupId of this.groups.keys()) this.unsorted.add(groupId)
  }

  of(groupId: string): readonly string[] {
    const ids = this.groups.get(groupId) ?? none
    return this.unsorted.delete(groupId) ? (ids as string[]).sort(this.byRank) : ids
  }

  private remove(groupId: string, id: string): void {
    const ids = this.of(groupId).filter((other) => other !== id)
    if (ids.length > 0) this.groups.set(groupId, ids)
    else this.groups.delete(groupId)
    if (ids.length === 0) this.unsorted.delete(groupId)
  }

  private readonly byRank = (a: string, b: string): number => {
    const byRank = (this.ranks.get(a) ?? Number.MAX_SAFE_INTEGER) - (this.ranks.get(b) ?? Number.MAX_SAFE_INTEGER)
    return byRank || (a < b ? -1 : 1)
  }
}
