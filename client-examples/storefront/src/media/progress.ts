import { persisted, useStore } from '../persisted.ts'
import { record, useShopper } from '../shopper.ts'

/** By user and item: the portion so far, 0 to 1. A site's own matter, as the basket of a shop is. */
const portions = persisted<Readonly<Record<string, Readonly<Record<string, number>>>>>('lumen.portions', () => ({}))

export function usePortion(itemId: string): number {
  const { id } = useShopper()
  return useStore(portions)[id]?.[itemId] ?? 0
}

/** The visitor went on for some time: tells Pickstream the greatest portion so far. */
export function consume(userId: string, itemId: string, portion: number, seconds: number) {
  record('CONSUME', itemId, { portion, seconds })
  portions.set({ ...portions.get(), [userId]: { ...portions.get()[userId], [itemId]: portion } })
}
