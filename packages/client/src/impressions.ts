import type { ListLike } from './held-list.ts'

type ListWithId = ListLike & { readonly id: string }

/** An item that came into view, and its position in the list, from 1. */
export interface SeenItem {
  readonly itemId: string
  readonly position: number
}

export interface ImpressionsOptions<List extends ListWithId> {
  /**
   * Called with items that came into view: at least half of their element for a second. Each is reported once per
   * list.
   */
  readonly onSeen: (list: List, items: readonly SeenItem[]) => void
  /** Returns the id of the item that an element shows. Default: its `data-item`. */
  readonly itemIdOf?: (element: Element) => string | undefined
}

export interface ImpressionObserver<List extends ListWithId> {
  /** Must be called after each change of the page, with the list that is shown and the element of each item. */
  show(list: List, elements: Iterable<Element>): void
  stop(): void
}

const seenMs = 1_000
const seenShare = 0.5

/**
 * Reports which items of a list came into view. An item that stays in view while newer lists arrive is reported once:
 * an impression for every new list would cause further lists. An item that was out of view in between is reported for
 * the newer list too. Without IntersectionObserver, nothing is reported.
 */
export function observeImpressions<List extends ListWithId>({
  onSeen,
  itemIdOf = (element) => (element as HTMLElement).dataset.item,
}: ImpressionsOptions<List>): ImpressionObserver<List> {
  /** Item id → id of the last list that it was reported for; and the items that have been in view since. */
  const reported = new Map<string, string>()
  const staying = new Set<string>()
  /** By element: an element that is being removed may show the same item as its replacement. */
  const visible = new Map<Element, string>()
  let shown: List | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const report = (): void => {
    if (!shown) return
    const { id: listId, picks } = shown
    const inView = new Set(visible.values())
    const items = picks
      .map(({ item }, n) => ({ itemId: item.id, position: n + 1 }))
      .filter(({ itemId: id }) => inView.has(id) && !staying.has(id) && reported.get(id) !== listId)
    for (const { itemId } of items) {
      reported.set(itemId, listId)
      staying.add(itemId)
    }
    if (items.length > 0) onSeen(shown, items)
  }
  const reportSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(report, seenMs)
  }
  const observer =
    typeof IntersectionObserver === 'undefined'
      ? undefined
      : new IntersectionObserver(
          (entries) => {
            const left: string[] = []
            for (const { target, isIntersecting } of entries) {
              const id = itemIdOf(target)
              if (id === undefined) continue
              if (isIntersecting) visible.set(target, id)
              else {
                visible.delete(target)
                left.push(id)
              }
            }
            const inView = new Set(visible.values())
            for (const id of left) if (!inView.has(id)) staying.delete(id)
            reportSoon()
          },
          { threshold: seenShare },
        )
  return {
    show(list, elements) {
      shown = list
      const ids = new Set(list.picks.map(({ item }) => item.id))
      for (const all of [reported, staying]) for (const id of all.keys()) if (!ids.has(id)) all.delete(id)
      observer?.disconnect()
      visible.clear()
      for (const element of elements) observer?.observe(element)
    },
    stop() {
      clearTimeout(timer)
      observer?.disconnect()
    },
  }
}
