import type { Candidate, ListContext } from './list-context.ts'
import { TakenGroups } from './one-of-group.ts'

/**
 * Puts pinned items at their places, where they may be shown; an item that is pinned twice takes the first place. Other
 * items of their groups leave the list.
 * @param isExcluded what this visitor's list must not have, for example what the visitor has bought
 */
export function placePins(
  list: readonly Candidate[],
  { rules, catalog, isEligible, request: { allVariants = false } }: ListContext,
  isExcluded: (itemId: string) => boolean,
): readonly Candidate[] {
  if (!rules.pins?.length) return list
  const pins = [...rules.pins].sort((a, b) => a.position - b.position)
  const groups = new TakenGroups()
  const pinned = new Map<string, Candidate & { readonly position: number }>()
  for (const { item: id, position } of pins) {
    const item = catalog.get(id)
    if (!item || pinned.has(id) || groups.has(item) || !isEligible(item) || isExcluded(id)) continue
    if (!allVariants) groups.add(item)
    pinned.set(id, { item, position, score: 0, reason: { kind: 'pinned' } })
  }
  const placed = list.filter(({ item }) => !pinned.has(item.id) && !groups.has(item))
  for (const { position, ...candidate } of pinned.values()) {
    const place = Math.min(position - 1, placed.length)
    // Scores fall with the place.
    const score = placed[place]?.score ?? placed[place - 1]?.score ?? 0
    placed.splice(place, 0, { ...candidate, score })
  }
  return placed
}
