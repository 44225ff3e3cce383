import type { ItemSide } from '../replica/item-side.ts'
import { trendCount } from '../replica/trend-board.ts'

interface Scored {
  /** Item numbers. */
  readonly candidates: Int32Array
  /** Per candidate. Changed by `keepOneOfEachGroup`. */
  readonly scores: Float64Array
}

interface Variants {
  readonly side: ItemSide
  /** Items that the user touched, newest first. */
  readonly touched: readonly string[]
  readonly mayList: (item: number) => boolean
  /** Called with each item that is not kept because another variant of its group is. */
  readonly drop: (item: number) => void
}

/**
 * Leaves one candidate of each group: the variant that the user touched last, else the best seller (the greatest trend
 * counter of the longest half-life), at equal numbers the first by id. It gets the score of the best candidate of its
 * group, so that the product keeps its place. Candidates without a group are not changed.
 */
export function keepOneOfEachGroup({ candidates, scores }: Scored, count: number, variants: Variants): void {
  const { side, mayList, drop } = variants
  if (!side.hasGroups) return
  const isBetter = preference(variants)
  /** By group: the place of the candidate that is kept. */
  const kept = new Map<number, number>()
  for (let place = 0; place < count; place++) {
    const item = candidates[place]!
    const group = side.groups[item]!
    if (group === 0 || !mayList(item)) continue
    const other = kept.get(group)
    if (other === undefined) {
      kept.set(group, place)
      continue
    }
    const [winner, loser] = isBetter(item, candidates[other]!) ? [place, other] : [other, place]
    scores[winner] = Math.max(scores[winner]!, scores[loser]!)
    drop(candidates[loser]!)
    kept.set(group, winner)
  }
}

function preference({ side, touched }: Variants): (a: number, b: number) => boolean {
  const { ids, trends } = side
  const touchedAt = new Map(touched.map((id, n) => [side.find(id), n]))
  const soldOf = (item: number) => trends.levels[item * trendCount + trendCount - 1]!
  return (a, b) => {
    const byTouch = (touchedAt.get(a) ?? Infinity) - (touchedAt.get(b) ?? Infinity)
    if (byTouch < 0 || byTouch > 0) return byTouch < 0
    const bySales = soldOf(b) - soldOf(a)
    return bySales < 0 || bySales > 0 ? bySales < 0 : ids[a]! < ids[b]!
  }
}

/** The groups of the items in a list that holds at most one item of each group. */
export class TakenGroups {
  private readonly groups = new Set<number>()

  constructor(private readonly side: ItemSide) {}

  /** Takes the group of an item. Returns false if it is already taken; true for an item without a group. */
  take(item: number): boolean {
    const group = this.side.groups[item]!
    if (group === 0) return true
    const { size } = this.groups
    return this.groups.add(group).size > size
  }
}
