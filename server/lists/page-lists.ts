/**
 * Lists of one request that share a page: each item is in one of them only, the first in the order of the document. So
 * the lists of a page are built one after the other; their reads run concurrently before.
 */
export class PageLists {
  private readonly pages = new Map<string, { taken: Set<string>; last: Promise<unknown> }>()

  /** @param build builds the list, without the items in `taken`, which earlier lists of the page have */
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
    // A list that fails takes no items, and the others of the page go on.
    lists.last = list.catch(() => undefined)
    return list
  }
}
