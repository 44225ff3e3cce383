import type { Store } from '../../platform/ports/store.ts'
import {
  type ArmSums,
  decodeCounts,
  type ItemPositions,
  noSums,
  type PartitionCounts,
} from '../../schema/records/experiment.ts'
import { tables } from '../../schema/tables.ts'

/** The counts of all partitions, added up. */
export type AllCounts = Pick<PartitionCounts, 'arms' | 'items'>

/** Maximum items per placement, those with the most impressions. Each partition has up to 64. */
const itemsMax = 128

/** Reads the counts of all partitions and adds them up. */
export async function readCounts(store: Pick<Store, 'scan'>): Promise<AllCounts> {
  const arms = new Map<string, ArmSums>()
  const items = new Map<string, Map<string, ItemPositions>>()
  for await (const rows of store.scan(tables.experimentCounts)) {
    for (const { value } of rows) {
      const counts = decodeCounts(value)
      for (const [arm, sums] of counts.arms) arms.set(arm, add(arms.get(arm) ?? noSums, sums))
      for (const [placement, all] of counts.items) {
        const known = items.get(placement) ?? new Map<string, ItemPositions>()
        for (const one of all) known.set(one.itemId, addPositions(known.get(one.itemId), one))
        items.set(placement, known)
      }
    }
  }
  return { arms, items: new Map([...items].map(([placement, all]) => [placement, mostShown([...all.values()])])) }
}

function add(a: ArmSums, b: ArmSums): ArmSums {
  return {
    users: a.users + b.users, // each user is in one partition only
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
    sums: addEach(a.sums, b.sums),
    squares: addEach(a.squares, b.squares),
    products: addEach(a.products, b.products),
    shownAt: addEach(a.shownAt, b.shownAt),
    clickedAt: addEach(a.clickedAt, b.clickedAt),
  }
}

function addPositions(a: ItemPositions | undefined, b: ItemPositions): ItemPositions {
  if (a === undefined) return b
  const { itemId } = a
  return { itemId, shownAt: addEach(a.shownAt, b.shownAt), clickedAt: addEach(a.clickedAt, b.clickedAt) }
}

function mostShown(items: readonly ItemPositions[]): ItemPositions[] {
  const total = ({ shownAt }: ItemPositions) => shownAt.reduce((sum, count) => sum + count, 0)
  return [...items].sort((a, b) => total(b) - total(a)).slice(0, itemsMax)
}

const addEach = (a: readonly number[], b: readonly number[]): number[] => a.map((value, n) => value + (b[n] ?? 0))
