import { seededRandom } from '../../engine/math/random.ts'
import { type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { Interaction, ItemMeta } from '../../engine/types.ts'

/** Logs of known structure for the check of quality in CI, where no real log is at hand. Equal from run to run. */

const dayMs = 24 * 3_600_000
const beginsAt = Date.UTC(2026, 0, 5)

const clickShape = { items: 900, categories: 45, visitors: 1600, sessions: 4200, meanLength: 5, days: 60 }

/**
 * Clicks in sessions. An item is followed by one of its three successors in half of the cases, else by an item of its category, else by one that trends in
 * this week. A fifth of the visitors' sessions go on in the category of their last.
 */
export function generatedClicks(): TrainingLog {
  const random = seededRandom(20)
  const { items, categories, visitors, sessions, meanLength, days } = clickShape
  const below = (n: number) => Math.floor(random() * n)
  const successors = Array.from({ length: items }, () => Array.from({ length: 3 }, () => below(items)))
  const inCategory = (category: number) => category + categories * Math.floor(random() ** 2 * (items / categories))
  const trending = (at: number) =>
    (Math.floor((at - beginsAt) / (7 * dayMs)) * 131 + Math.floor(random() ** 2 * 40)) % items
  const lastOf = new Map<number, number>()
  const events: Omit<Interaction, 'eventId'>[] = []
  for (let session = 0; session < sessions; session++) {
    const visitor = below(visitors)
    let timestamp = beginsAt + Math.floor(random() * days * dayMs)
    const last = lastOf.get(visitor)
    let item = last !== undefined && random() < 0.2 ? inCategory(last % categories) : trending(timestamp)
    do {
      events.push(touch(`visitor-${visitor}`, item, timestamp, 'CLICK'))
      const kind = random()
      if (kind < 0.5) item = successors[item]![Math.floor(random() ** 2 * 3)]!
      else item = kind < 0.8 ? inCategory(item % categories) : trending(timestamp)
      timestamp += 5_000 + below(60_000)
    } while (random() > 1 / meanLength)
    lastOf.set(visitor, item)
  }
  return build(events, items, categories)
}

const basketShape = { items: 700, categories: 35, households: 350, weeks: 20, meanSize: 5 }

/**
 * Baskets, all items of one at one time. A household buys its own staples again, new items of the six categories that it and a fifth of the others like,
 * and what is on offer in this week.
 */
export function generatedBaskets(): TrainingLog {
  const random = seededRandom(21)
  const { items, categories, households, weeks, meanSize } = basketShape
  const below = (n: number) => Math.floor(random() * n)
  const events: Omit<Interaction, 'eventId'>[] = []
  const perCategory = items / categories
  for (let household = 0; household < households; household++) {
    const taste = Array.from({ length: 6 }, (_, k) => ((household % 5) * 7 + k) % categories)
    const liked = () => taste[below(taste.length)]! + categories * Math.floor(random() ** 1.5 * perCategory)
    const staples = Array.from({ length: 12 }, liked)
    for (let week = 0; week < weeks; week++) {
      if (random() < 0.2) continue
      const timestamp = beginsAt + week * 7 * dayMs + below(7 * 24 * 60) * 60_000
      const size = 1 + below(2 * meanSize)
      for (let k = 0; k < size; k++) {
        const kind = random()
        const offer = (week * 37 + Math.floor(random() ** 2 * 25)) % items
        const item = kind < 0.35 ? staples[below(staples.length)]! : kind < 0.75 ? liked() : offer
        events.push(touch(`household-${household}`, item, timestamp, 'PURCHASE'))
      }
    }
  }
  return build(events, items, categories)
}

function touch(
  userId: string,
  item: number,
  timestamp: number,
  type: Interaction['type'],
): Omit<Interaction, 'eventId'> {
  return { userId, itemId: `item-${item}`, type, timestamp, value: null, quantity: 1 }
}

/** Item k is of category k modulo `categories`. */
function build(events: Omit<Interaction, 'eventId'>[], items: number, categories: number): TrainingLog {
  const builder = new TrainingLogBuilder()
  for (const event of events.sort((a, b) => a.timestamp - b.timestamp)) builder.add(event)
  return builder.build(Array.from({ length: items }, (_, k) => itemOf(k, k % categories)))
}

function itemOf(k: number, category: number): ItemMeta {
  return {
    id: `item-${k}`,
    title: `Item ${k}`,
    description: null,
    categories: [`category-${category}`],
    tags: [],
    price: 1 + (k % 50),
    available: true,
    publishedAt: null,
  }
}
