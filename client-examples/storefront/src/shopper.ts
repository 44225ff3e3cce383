import { type EventInput, type EventType, newId } from '@pickstream/client'
import { pickstream } from './client.ts'
import type { ItemCardFragment } from './generated/graphql.ts'
import { persisted, useStore } from './persisted.ts'
import { createStopwatch } from './stopwatch.ts'

export interface Shopper {
  readonly id: string
  readonly name: string
  /** Categories that the simulation makes them prefer. */
  readonly likes?: string
}

/** Some of the simulated shoppers: they have a history, so their lists are personalized from the start. */
export const demoShoppers: readonly Shopper[] = [
  { id: 'demo-shopper-121', name: 'Maya', likes: 'Coffee & Tea, Desk' },
  { id: 'demo-shopper-086', name: 'Jonas', likes: 'Hiking, Camping, Climbing' },
  { id: 'demo-shopper-097', name: 'Ines', likes: 'Garden, Desk' },
  { id: 'demo-shopper-098', name: 'Kofi', likes: 'Cycling, Climbing' },
  { id: 'demo-shopper-095', name: 'Ada', likes: 'Kitchen, Running' },
]

const newGuest = (): Shopper => ({ id: `guest-${newId()}`, name: 'Guest' })

export const isGuest = ({ id }: Shopper) => id.startsWith('guest-')

/** Quantities by item id. Kept by the shop; Pickstream gets CART, UNCART and PURCHASE events. */
export type Basket = Readonly<Record<string, number>>

const shopper = persisted<Shopper>('marigold.shopper', newGuest)
const baskets = persisted<Readonly<Record<string, Basket>>>('marigold.baskets', () => ({}))
export const stopwatch = createStopwatch()

export const useShopper = () => useStore(shopper)
export const useBasket = (): Basket => useStore(baskets)[useStore(shopper).id] ?? {}

type Details = Partial<
  Pick<EventInput, 'recommendationId' | 'position' | 'quantity' | 'unitPrice' | 'portion' | 'seconds'>
>

/** Records an event of the current shopper. @returns the event's id, for `undo` */
export function record(type: EventType, itemId: string, more: Details = {}) {
  const eventId = pickstream.record({ userId: shopper.get().id, itemId, type, ...more })
  stopwatch.started(eventId, performance.now())
  return eventId
}

/** Marks impressions: the lists that they cause are not timed. */
export function passed(eventIds: readonly string[]) {
  for (const eventId of eventIds) stopwatch.passed(eventId)
}

export async function undo(eventId: string) {
  await pickstream
    .undo(shopper.get().id, [eventId])
    .catch(({ message }: Error) => console.warn('could not be undone:', message))
}

export function putInBasket(itemId: string, quantity: number) {
  record(quantity > 0 ? 'CART' : 'UNCART', itemId, { quantity: Math.abs(quantity) })
  const basket = baskets.get()[shopper.get().id] ?? {}
  setBasket(shopper.get().id, { ...basket, [itemId]: (basket[itemId] ?? 0) + quantity })
}

/**
 * Records a PURCHASE of everything in the basket and empties it.
 * @param items the items of the basket, with their prices
 */
export function buyBasket(items: readonly { readonly id: string; readonly price: number | null }[]) {
  const { id } = shopper.get()
  for (const [itemId, quantity] of Object.entries(baskets.get()[id] ?? {})) {
    const price = items.find((item) => item.id === itemId)?.price
    record('PURCHASE', itemId, { quantity, ...(price != null && { unitPrice: price }) })
  }
  setBasket(id, {})
}

/** A guest who signs in keeps history and basket. */
export async function logIn(next: Shopper) {
  const now = shopper.get()
  if (isGuest(now)) {
    await pickstream.identify(now.id, next.id)
    const { [now.id]: guestBasket = {}, ...others } = baskets.get()
    const basket = { ...others[next.id] }
    for (const [itemId, quantity] of Object.entries(guestBasket)) basket[itemId] = (basket[itemId] ?? 0) + quantity
    baskets.set({ ...others, [next.id]: basket })
  }
  shopper.set(next)
}

export const logOut = () => shopper.set(newGuest())

function setBasket(userId: string, basket: Basket) {
  const kept = Object.fromEntries(Object.entries(basket).filter(([, quantity]) => quantity > 0))
  baskets.set({ ...baskets.get(), [userId]: kept })
}

export const priceOf = ({ price }: Pick<ItemCardFragment, 'price'>) =>
  price === null ? '' : price.toLocaleString('en', { style: 'currency', currency: 'EUR' })
