import type { Candidate, ListContext } from './list-context.ts'
import { TakenGroups } from './one-of-group.ts'

/**
 * Inserts pinned items at their positions if they are eligible; an item that is pinned twice takes the first position.
 * Removes other items of their groups from the list.
 * @param isExcluded items that must not be in the list, for example those that the visitor has bought
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
    const index = Math.min(position - 1, placed.length)
    // Scores must not increase along the list.
    const score = placed[index]?.score ?? placed[index - 1]?.score ?? 0
    placed.splice(index, 0, { ...candidate, score })
  }
  return placed
}
