import { persisted, useStore } from '../persisted.ts'
import { record, useShopper } from '../shopper.ts'

/** By user and item: the portion consumed so far, 0 to 1. Kept by the site, like the basket of a shop. */
const portions = persisted<Readonly<Record<string, Readonly<Record<string, number>>>>>('lumen.portions', () => ({}))

export function usePortion(itemId: string): number {
  const { id } = useShopper()
  return useStore(portions)[id]?.[itemId] ?? 0
}

/** Records that the visitor consumed more of an item: the portion reached so far and the seconds spent. */
export function consume(userId: string, itemId: string, portion: number, seconds: number) {
  record('CONSUME', itemId, { portion, seconds })
  portions.set({ ...portions.get(), [userId]: { ...portions.get()[userId], [itemId]: portion } })
}
