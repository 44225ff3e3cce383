import { seededRandom } from '../../engine/math/random.ts'
import type { EventType } from '../../schema/records/interaction.ts'
import { styles } from './departments.ts'
import { type DemoItem, generateShop, type Shop } from './shop.ts'
import { weighted } from './weighted.ts'
import type { DemoWorld, VisitorAction } from './world.ts'

/** One simulated visitor, with the preferences that decide which items they view. */
export interface Shopper {
  readonly userId: string
  /** Relative number of visits per department; most departments are absent. */
  readonly departments: ReadonlyMap<string, number>
  /** Preference per style. */
  readonly styles: ReadonlyMap<string, number>
  /** Accepted price, as a factor of the average one. */
  readonly budget: number
  /** Relative number of visits. */
  readonly activity: number
}

export const shopperCount = 300

export function generateShoppers(shop: Shop, seed: number): readonly Shopper[] {
  const random = seededRandom(seed)
  const names = [...shop.kindsOf.keys()]
  return Array.from({ length: shopperCount }, (_, n) => {
    const favourites = shuffled(names, random).slice(0, 1 + Math.floor(random() * 3))
    return {
      userId: `demo-shopper-${String(n + 1).padStart(3, '0')}`,
      departments: new Map(favourites.map((name, place) => [name, 1 / (place + 1)])),
      styles: new Map(styles.map(({ name }) => [name, 0.15 + random() ** 3])),
      budget: 0.6 + 1.4 * random(),
      activity: 1 / (1 + n * 0.05),
    }
  })
}

/** The demo shop and its visitors. Deterministic for a seed and a time. */
export function shopWorld(seed: number, openedAt: number): DemoWorld {
  const shop = generateShop(seed, openedAt)
  const shoppers = generateShoppers(shop, seed)
  return {
    name: 'shop',
    items: shop.items.map(({ record }) => record),
    pastEvents: 20_000,
    visit: (random) =>
      visit(
        weighted(shoppers, ({ activity }) => activity, random),
        shop,
        random,
      ),
  }
}

/** One visit: views and compares items, sometimes buys one, and then items of kinds that go with it. */
function* visit(shopper: Shopper, shop: Shop, random: () => number): Generator<VisitorAction, void> {
  const act = (ware: DemoItem, type: EventType, meanS: number, value?: number): VisitorAction => ({
    userId: shopper.userId,
    itemId: ware.record.id,
    type,
    ...(value !== undefined && { value }),
    pauseS: 2 - Math.log(1 - random()) * meanS,
  })
  const wander = random() < 0.06
  const department = wander ? weighted(shop.kindsOf.keys(), () => 1, random) : chooseFrom(shopper.departments, random)
  let kind = weighted(shop.kindsOf.get(department)!, (name) => itemHash(shopper.userId, name), random)
  const looks = 2 + Math.floor(random() * 5)
  let last: DemoItem | undefined
  let best: DemoItem | undefined

  for (let look = 0; look < looks; look++) {
    const ware = chooseWare(kind, shopper, shop, random)
    if (ware === last) continue
    last = ware
    yield act(ware, 'VIEW', 20)
    if (best === undefined || appeal(ware, shopper) > appeal(best, shopper)) best = ware
    if (random() < 0.08) yield act(ware, 'LIKE', 5)
    if (random() < 0.2) kind = weighted(shop.goesWith.get(kind)!, () => 1, random)
  }
  if (best === undefined || random() > 0.4) return
  yield act(best, 'CART', 8)
  if (random() < 0.25) return yield act(best, 'UNCART', 15)

  const basket = [best]
  for (const partner of shop.goesWith.get(best.kind)!) {
    if (random() > 0.45) continue
    const ware = chooseWare(partner, shopper, shop, random)
    yield act(ware, 'VIEW', 15)
    if (random() < 0.6) {
      yield act(ware, 'CART', 8)
      basket.push(ware)
    }
  }
  if (random() < 0.7) for (const ware of basket) yield act(ware, 'PURCHASE', 1)
  if (random() < 0.15) yield act(best, 'RATING', 30, Math.round(Math.min(5, 2 + appeal(best, shopper) + 2 * random())))
}

const chooseWare = (kind: string, shopper: Shopper, shop: Shop, random: () => number): DemoItem =>
  weighted(shop.ofKind.get(kind)!, (ware) => appeal(ware, shopper) / ware.rank ** 0.6, random)

/** Appeal of an item to a shopper, by style and price. */
function appeal(ware: DemoItem, { styles: liked, budget }: Shopper): number {
  const factor = styles.find(({ name }) => name === ware.style)!.priceFactor
  return (liked.get(ware.style) ?? 0.1) * Math.exp(-((Math.log(factor / budget) / 0.5) ** 2)) + 0.01
}

/** Constant preference of a shopper for a kind, 0.2 to 2, by a hash. */
function itemHash(userId: string, kind: string): number {
  let hash = 2166136261
  for (const char of userId + kind) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619)
  return 0.2 + 1.8 * seededRandom(hash)() ** 2
}

const chooseFrom = (weights: ReadonlyMap<string, number>, random: () => number): string =>
  weighted(weights.keys(), (name) => weights.get(name)!, random)

function shuffled<T>(of: readonly T[], random: () => number): T[] {
  const all = [...of]
  for (let n = all.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    ;[all[n], all[other]] = [all[other]!, all[n]!]
  }
  return all
}
