import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { encodeList, listWrittenAt, type UserList } from '../../schema/records/list.ts'
import type { PickReason, RankedItem } from '../../schema/records/ranked-list.ts'
import { tables } from '../../schema/tables.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { Shop } from '../harness/shop.ts'

const picksPerList = 120

/** A list as the recommend stage stores it, of reasons of every kind. */
export function listOf(user: number, itemIds: readonly string[], offset = user): UserList {
  const unseen = Array.from({ length: picksPerList }, (_, place): RankedItem => {
    const itemId = itemIds[(user * 7919 + place * 31) % itemIds.length]!
    return { itemId, score: 1 - place / picksPerList, reason: reasonOf(user, place, itemIds) }
  })
  return {
    position: { partition: 0, offset },
    epoch: 0,
    computedAt: Date.now(),
    rankedAt: Date.now(),
    modelVersion: 1,
    causedByEventId: `event-${offset}`,
    heldOutItem: null,
    personalized: true,
    adopted: [],
    unseen,
    seen: [],
    unlisted: [],
  }
}

/** What is listed because of an event is so because of one of the visitor's latest. */
const latest = 10

function reasonOf(user: number, place: number, itemIds: readonly string[]): PickReason {
  const n = user + place
  if (n % 10 < 6) {
    const itemId = itemIds[(user * 13 + ((place * 7) % latest)) % itemIds.length]!
    return { kind: 'because', itemId, eventType: 'VIEW' }
  }
  if (n % 10 < 8) return { kind: 'taste', categories: ['category-1', 'category-2'] }
  return n % 10 < 9 ? { kind: 'popular', window: 'DAY' } : { kind: 'new', publishedAt: 1_700_000_000_000 }
}

/** Fills a folder with a catalog and everybody's stored list. */
export async function fillFolder(dir: string, users: number, items: number): Promise<void> {
  const { log, store, close } = await openEmbedded({ dir })
  await log.createTopics(topicSpecs(1))
  const shop = new Shop({ users, items })
  const itemIds = shop.items.map(({ id }) => id)
  await log.append(
    topics.items,
    shop.items.map((item) => ({ key: item.id, value: encodeItem(item) })),
  )
  for (let from = 0; from < users; from += 2000) {
    const rows = Array.from({ length: Math.min(2000, users - from) }, (_, n) => {
      const list = listOf(from + n, itemIds)
      return { partition: `user-${from + n}`, value: encodeList(list), writeTimestamp: listWrittenAt(list) }
    })
    await store.put(tables.listsByUser, rows)
    // A server refuses lists that are newer than the log: every list has the event that made it.
    await log.append(
      topics.interactions,
      rows.map(({ partition: userId }) => ({
        key: userId,
        value: encodeInteraction({ v: 1, kind: 'refresh', userId }),
      })),
    )
  }
  await close()
}
