import { seededRandom } from '../../engine/math/random.ts'
import type { TrainingLog } from '../../engine/train/log.ts'
import { TrainingLogBuilder } from '../../engine/train/log.ts'
import { toItemMeta } from '../../platform/read-models/replica.ts'
import type { EventRecord, EventType } from '../../schema/records/interaction.ts'
import type { ItemRecord } from '../../schema/records/item.ts'

export interface ShopOptions {
  readonly users: number
  readonly items: number
  readonly seed?: number
}

const itemsPerCategory = 50
const tastes = 3
const types: readonly EventType[] = [
  'VIEW',
  'VIEW',
  'VIEW',
  'VIEW',
  'VIEW',
  'VIEW',
  'CLICK',
  'LIKE',
  'CART',
  'PURCHASE',
]

/**
 * A generated shop: users of Zipf activity, each with a taste for three categories; items of Zipf popularity within their
 * category. Equal options and seed give equal events.
 */
export class Shop {
  readonly items: readonly ItemRecord[]
  readonly users: readonly string[]
  private readonly random: () => number
  private readonly user: () => number
  private readonly place: () => number
  private readonly categories: number
  private count = 0

  constructor({ users, items, seed = 1 }: ShopOptions) {
    this.random = seededRandom(seed)
    this.categories = Math.max(1, Math.ceil(items / itemsPerCategory))
    this.items = Array.from({ length: items }, (_, n) => this.item(n))
    this.users = Array.from({ length: users }, (_, n) => `user-${n}`)
    this.user = zipf(users, this.random)
    this.place = zipf(itemsPerCategory, this.random)
  }

  /** The next `count` events, one a second from `from` on. */
  events(count: number, from: number): EventRecord[] {
    return Array.from({ length: count }, (_, n) => this.event(from + n * 1000))
  }

  private item(n: number): ItemRecord {
    const id = `item-${n}`
    const categories = [`category-${n % this.categories}`]
    return { v: 1, id, title: `Item ${n}`, categories, price: 1 + (n % 100), available: true }
  }

  private event(at: number): EventRecord {
    const user = this.user()
    // Three categories that follow from the user's number; one event in five strays.
    const taste = Math.floor(this.random() * tastes)
    const strays = this.random() < 0.2
    const category =
      (strays ? Math.floor(this.random() * this.categories) : hash(user * tastes + taste)) % this.categories
    const item = (this.place() * this.categories + category) % this.items.length
    return {
      v: 1,
      kind: 'event',
      eventId: `event-${this.count++}`,
      userId: this.users[user]!,
      itemId: this.items[item]!.id,
      type: types[Math.floor(this.random() * types.length)]!,
      timestamp: new Date(at).toISOString(),
    }
  }
}

/** What training reads, from events. */
export function trainingLogOf(events: readonly EventRecord[], items: readonly ItemRecord[]): TrainingLog {
  const log = new TrainingLogBuilder()
  for (const { userId, itemId, type, timestamp } of events) {
    log.add({ userId, itemId, type, value: null, quantity: 1, timestamp: Date.parse(timestamp) })
  }
  return log.build(items.map(toItemMeta))
}

/** Places 0 to n − 1, the k-th as often as 1 ÷ (k + 1). */
function zipf(n: number, random: () => number): () => number {
  const sums = new Float64Array(n)
  let sum = 0
  for (let k = 0; k < n; k++) sums[k] = sum += 1 / (k + 1)
  return () => {
    const wanted = random() * sum
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

const hash = (n: number): number => Math.imul(n ^ 0x9e3779b9, 0x85ebca6b) >>> 8
