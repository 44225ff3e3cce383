import { seededRandom } from '../../engine/math/random.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import type { Shop } from './shop.ts'
import { type Shopper, type ShopperAction, visit, weighted } from './shoppers.ts'

const dayMs = 86_400_000
/** Visits at once while the shop is open. */
const visitorsAtOnce = 12

/** What happened in the days before `until`: in the order of time, the same for the same arguments. */
export function pastTraffic(
  { shop, shoppers, seed }: { shop: Shop; shoppers: readonly Shopper[]; seed: number },
  { until, days, events }: { until: number; days: number; events: number },
): readonly EventRecord[] {
  const random = seededRandom(seed)
  const past: { at: number; action: ShopperAction }[] = []
  while (past.length < events) {
    let at = until - dayMs * days * random()
    if (random() > dayCurve(at)) continue
    for (const action of visit(chooseShopper(shoppers, random), shop, random)) {
      at += action.pauseS * 1000
      if (at < until) past.push({ at, action })
    }
  }
  past.sort((a, b) => a.at - b.at)
  return past.map(({ at, action }, n) => toEvent(action, `demo-${n}`, at))
}

/** An endless shop: each call gives what the next visitor does. */
export function liveTraffic({ shop, shoppers, seed }: { shop: Shop; shoppers: readonly Shopper[]; seed: number }) {
  const random = seededRandom(seed)
  const begin = () => visit(chooseShopper(shoppers, random), shop, random)
  const visits = Array.from({ length: visitorsAtOnce }, begin)
  return (eventId: string, now: number): EventRecord => {
    for (;;) {
      const turn = Math.floor(random() * visits.length)
      const { value, done } = visits[turn]!.next()
      if (!done) return toEvent(value, eventId, now)
      visits[turn] = begin()
    }
  }
}

const chooseShopper = (shoppers: readonly Shopper[], random: () => number): Shopper =>
  weighted(shoppers, ({ activity }) => activity, random)

/** Quiet nights: the share of visits that take place at this hour (UTC). */
function dayCurve(at: number): number {
  const hour = (at % dayMs) / 3_600_000
  return 0.55 - 0.45 * Math.cos(((hour - 4) / 12) * Math.PI)
}

const toEvent = ({ userId, itemId, type, value }: ShopperAction, eventId: string, at: number): EventRecord => ({
  v: 1,
  kind: 'event',
  eventId,
  userId,
  itemId,
  type,
  ...(value !== undefined && { value }),
  timestamp: new Date(at).toISOString(),
})
