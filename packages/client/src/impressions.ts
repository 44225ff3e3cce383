import type { ListLike } from './held-list.ts'

export interface ImpressionsOptions<List extends ListLike> {
  /** Items of the list that were in view: at least half of them for a second. Each comes once for as long as it stays in the list. */
  readonly onSeen: (list: List, itemIds: readonly string[]) => void
  /** The id of the item that an element shows. Default: its `data-item`. */
  readonly itemIdOf?: (element: Element) => string | undefined
}

export interface ImpressionObserver<List extends ListLike> {
  /** After each change of what is shown: the list, and the element of each item. */
  show(list: List, elements: Iterable<Element>): void
  stop(): void
}

const seenMs = 1_000
const seenShare = 0.5

/**
 * Tells which items of a list the visitor has seen. An item that stays over several lists is reported once: an impression for every
 * new list would make new lists itself. Where the browser has no IntersectionObserver nothing is reported.
 */
export function observeImpressions<List extends ListLike>({
  onSeen,
  itemIdOf = (element) => (element as HTMLElement).dataset.item,
}: ImpressionsOptions<List>): ImpressionObserver<List> {
  const reported = new Set<string>()
  const visible = new Set<string>()
  let shown: List | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const report = (): void => {
    if (!shown) return
    const itemIds = shown.picks.map(({ item }) => item.id).filter((id) => visible.has(id) && !reported.has(id))
    for (const id of itemIds) reported.add(id)
    if (itemIds.length > 0) onSeen(shown, itemIds)
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
            for (const { target, isIntersecting } of entries) {
              const id = itemIdOf(target)
              if (id === undefined) continue
              if (isIntersecting) visible.add(id)
              else visible.delete(id)
            }
            reportSoon()
          },
          { threshold: seenShare },
        )
  return {
    show(list, elements) {
      shown = list
      const ids = new Set(list.picks.map(({ item }) => item.id))
      for (const id of reported) if (!ids.has(id)) reported.delete(id)
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
