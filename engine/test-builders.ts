import { sideDeltasOf } from './items/deltas.ts'
import { reduceRow, type SideRow } from './items/row.ts'
import { Recommender } from './recommender.ts'
import { TrainingLogBuilder } from './train/log.ts'
import type { Interaction, ItemMeta } from './types.ts'
import { applyInteraction, emptyProfile, type UserProfile } from './user/profile.ts'

/** Test data with defaults, and a pipeline in memory that learns from it. */

export const minuteMs = 60_000

let nextEvent = 0

export function anInteraction(given: Partial<Interaction> = {}): Interaction {
  nextEvent++
  return {
    eventId: `event-${nextEvent}`,
    userId: 'ann',
    itemId: 'tea',
    type: 'PURCHASE',
    value: null,
    quantity: 1,
    timestamp: nextEvent * minuteMs,
    ...given,
  }
}

export function anItem(given: Partial<ItemMeta> = {}): ItemMeta {
  return {
    id: 'tea',
    title: 'Tea',
    description: null,
    categories: [],
    tags: [],
    price: null,
    available: true,
    publishedAt: null,
    ...given,
  }
}

export class TestPipeline {
  readonly profiles = new Map<string, UserProfile>()
  readonly rows = new Map<string, SideRow>()
  private seq = 0

  constructor(
    items: ItemMeta[] = [],
    readonly recommender = new Recommender(),
  ) {
    for (const item of items) this.recommender.putItem(item)
  }

  profileOf(userId: string): UserProfile {
    return this.profiles.get(userId) ?? emptyProfile(userId)
  }

  learn(...events: Interaction[]): void {
    for (const event of events) {
      const seq = this.seq++
      const after = applyInteraction(this.profileOf(event.userId), event, seq, { model: null })
      this.profiles.set(event.userId, after)
      for (const delta of sideDeltasOf(after, seq)) {
        const row = reduceRow(this.rows.get(delta.key), [delta])
        this.rows.set(delta.key, row)
        this.recommender.putRow(row)
      }
    }
  }
}

/**
 * Users and items in two groups that never mix: whoever touched group-0 items should be offered the rest of group 0.
 */
export function checkerboard(users: number, items: number, share: number, random: () => number) {
  const builder = new TrainingLogBuilder()
  let timestamp = 0
  for (let user = 0; user < users; user++)
    for (let item = 0; item < items; item++) {
      timestamp += minuteMs
      if (user % 2 === item % 2 && random() < share)
        builder.add({ userId: `u${user}`, itemId: `i${item}`, type: 'PURCHASE', value: null, quantity: 1, timestamp })
    }
  return builder.build([])
}
