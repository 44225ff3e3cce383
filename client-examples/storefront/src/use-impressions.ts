import { type RefObject, useEffect, useRef } from 'react'
import type { List } from './held-list.ts'
import { recordImpressions } from './shopper.ts'

/** Seen is: at least half of it on the screen for this long. */
const seenMs = 1_000

/**
 * Records which picks the shopper has seen, and on which list. Once for every time a pick comes into the list: an impression that is
 * repeated for every new list would make new lists itself.
 */
export function useImpressions(around: RefObject<HTMLElement | null>, list: List | undefined) {
  const recorded = useRef(new Set<string>())

  useEffect(() => {
    const parent = around.current
    if (parent === null || list === undefined) return
    const ids = new Set(list.picks.map(({ item }) => item.id))
    for (const id of recorded.current) if (!ids.has(id)) recorded.current.delete(id)

    const visible = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const seen = () => {
      const itemIds = [...visible].filter((id) => ids.has(id) && !recorded.current.has(id))
      for (const id of itemIds) recorded.current.add(id)
      if (itemIds.length > 0) recordImpressions(list.id, itemIds)
    }
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const id = (target as HTMLElement).dataset.item!
          if (isIntersecting) visible.add(id)
          else visible.delete(id)
        }
        clearTimeout(timer)
        timer = setTimeout(seen, seenMs)
      },
      { threshold: 0.5 },
    )
    for (const pick of parent.querySelectorAll('[data-item]')) observer.observe(pick)
    return () => {
      observer.disconnect()
      clearTimeout(timer)
    }
  }, [around, list])
}
