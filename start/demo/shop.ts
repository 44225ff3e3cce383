import { seededRandom } from '../../engine/math/random.ts'
import type { ItemRecord } from '../../schema/records/item.ts'
import { brands, departments, styles } from './departments.ts'

/** An item of the demo shop with the properties on which simulated shoppers base their choice. */
export interface DemoItem {
  readonly record: ItemRecord
  readonly department: string
  readonly kind: string
  readonly style: string
  /** 1 is the most popular of its kind. */
  readonly rank: number
  readonly price: number
}

export interface Shop {
  readonly items: readonly DemoItem[]
  readonly ofKind: ReadonlyMap<string, readonly DemoItem[]>
  readonly kindsOf: ReadonlyMap<string, readonly string[]>
  readonly goesWith: ReadonlyMap<string, readonly string[]>
}

const itemsPerKind = 11
const dayMs = 86_400_000

/** Generates about 1,000 items. Deterministic for a seed and a time. */
export function generateShop(seed: number, openedAt: number): Shop {
  const random = seededRandom(seed)
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const items: DemoItem[] = []
  const titles = new Set<string>()

  for (const { name: department, kinds } of departments) {
    for (const { name: kind, price: usual, materials } of kinds) {
      for (let n = 1; n <= itemsPerKind; n++) {
        let title: string
        let style = one(styles)
        let brand: string
        do {
          style = one(styles)
          brand = one(brands)
          title = `${brand} ${one(style.adjectives)} ${one(materials)} ${kind}`
        } while (titles.has(title))
        titles.add(title)
        const price = roundToPricePoint(usual * style.priceFactor * (0.85 + 0.3 * random()))
        const ageDays = random() < 0.03 ? 4 * random() : 10 + 540 * random()
        items.push({
          department,
          kind,
          style: style.name,
          rank: n,
          price,
          record: {
            v: 1,
            id: `${slug(kind)}-${String(n).padStart(2, '0')}`,
            title,
            description: `From the ${style.name} line of ${brand}. Made up for the demo shop.`,
            categories: [department],
            tags: [slug(kind), style.name, slug(brand), 'demo'],
            price,
            available: true,
            publishedAt: new Date(openedAt - ageDays * dayMs).toISOString(),
          },
        })
      }
    }
  }

  const all = departments.flatMap(({ kinds }) => kinds)
  return {
    items,
    ofKind: new Map(all.map(({ name }) => [name, items.filter((ware) => ware.kind === name)])),
    kindsOf: new Map(departments.map(({ name, kinds }) => [name, kinds.map((kind) => kind.name)])),
    goesWith: new Map(all.map(({ name, goesWith }) => [name, goesWith])),
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Rounds to a usual price ending: 23.41 → 22.95. */
const roundToPricePoint = (price: number): number => Math.max(1, Math.round(price)) - 0.05
