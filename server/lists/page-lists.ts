/**
 * Lists of one request that share a page: an item is in one of them only, the first in the order of the document.
 * Lists of a page are therefore finished one after the other; what they read they read together before.
 */
export class PageLists {
  private readonly pages = new Map<string, { taken: Set<string>; last: Promise<unknown> }>()

  /** @param build gets the items that earlier lists of the page have; returns the list's own */
  add<T>(
    page: string,
    itemIdsOf: (list: T) => Iterable<string>,
    build: (taken: ReadonlySet<string>) => T | Promise<T>,
  ): Promise<T> {
    let lists = this.pages.get(page)
    if (!lists) this.pages.set(page, (lists = { taken: new Set(), last: Promise.resolve() }))
    const { taken } = lists
    const list = lists.last.then(async () => {
      const built = await build(taken)
      for (const id of itemIdsOf(built)) taken.add(id)
      return built
    })
    // A list that failed takes nothing, and does not fail the others.
    lists.last = list.catch(() => undefined)
    return list
  }
}
