import type { LogRecord } from '../../platform/ports/event-log.ts'
import { type EventType, encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { type TopicName, topics } from '../../schema/topics.ts'
import type { Dice } from './dice.ts'
import { authenticator } from './secret.ts'

/** One append of one writer, who repeats it until it is acknowledged. */
export interface Send {
  readonly topic: TopicName
  readonly records: readonly LogRecord[]
  /** Of another service: how it chooses partitions. Left out: as the platform does. */
  readonly partitioner?: ForeignPartitioner
}

/** `other-hash`: one partition for each key, but another than the platform's; `unkeyed` writes no keys at all. */
export const foreignPartitioners = ['other-hash', 'round-robin', 'unkeyed'] as const
export type ForeignPartitioner = (typeof foreignPartitioners)[number]

export interface History {
  /** Several writers, each with what it sends, in its order. */
  readonly writers: readonly (readonly Send[])[]
  readonly users: readonly string[]
}

const types: readonly EventType[] = [
  'VIEW',
  'VIEW',
  'CLICK',
  'LIKE',
  'CART',
  'PURCHASE',
  'DISLIKE',
  'DISMISS',
  'IMPRESSION',
]
const bytes = (text: string) => new TextEncoder().encode(text)
const minute = 60_000

/**
 * What visitors, shops and broken services send in one history.
 *
 * @param crowds how often a writer sends events of many users at once, 0 to 1
 */
export function makeHistory(dice: Dice, startAt: number, crowds: number): History {
  const users = ['ann', 'bob', 'cleo', 'dan'].slice(0, dice.between(1, 4))
  const guests = ['guest-1', 'guest-2'].slice(0, dice.between(0, 2))
  const everyone = [...users, ...guests]
  /** Who comes in crowds, for a backlog of many users. */
  const crowd = Array.from({ length: 40 }, (_, n) => `visitor-${n}`)
  const items = Array.from({ length: dice.between(2, 8) }, (_, n) => `item-${n}`)
  const sent: { userId: string; eventId: string; record: LogRecord }[] = []
  let time = startAt

  const event = (userId: string, eventId = `e${sent.length}`): LogRecord => {
    time += dice.pick([0, 1, 1000, minute, -minute, 90 * minute, -90 * minute])
    const record = interaction({
      v: 1,
      kind: 'event',
      eventId,
      userId,
      itemId: dice.pick(items),
      type: dice.pick(types),
      timestamp: new Date(Math.min(time, startAt + 4 * minute)).toISOString(),
    })
    sent.push({ userId, eventId, record })
    return record
  }

  const poison = (userId: string): LogRecord => {
    const broken: readonly (() => LogRecord)[] = [
      () => ({ key: userId, value: bytes('{"v":1,') }),
      () => ({ key: userId, value: null }),
      () => ({ key: `${userId}-other`, value: event(userId).value }),
      () => interaction({ v: 1, kind: 'event', userId } as InteractionRecord),
      () => interaction({ v: 1, kind: 'undo', userId, eventIds: [] }),
      () => interaction({ v: 1, kind: 'identify', userId, into: dice.pick(everyone) }), // not signed
      () => ({
        ...interaction({
          v: 1,
          kind: 'event',
          eventId: 'future',
          userId,
          itemId: items[0]!,
          type: 'VIEW',
          timestamp: '2999-01-01T00:00:00Z',
        }),
      }),
    ]
    return { ...dice.pick(broken)(), headers: { poison: 'yes' } }
  }

  const one = (): LogRecord[] => {
    const userId = dice.pick(everyone)
    const roll = dice.int(100)
    if (roll < 58) return Array.from({ length: dice.pick([1, 1, 1, 2, 4]) }, () => event(userId))
    if (roll < 70 && sent.length > 0) return [dice.pick(sent).record] // retried, perhaps long after
    if (roll < 79 && sent.length > 0) {
      const taken = Array.from({ length: dice.between(1, 2) }, () => dice.pick(sent))
      return [
        interaction({ v: 1, kind: 'undo', userId: taken[0]!.userId, eventIds: taken.map(({ eventId }) => eventId) }),
      ]
    }
    if (roll < 84) {
      const backfillBefore = dice.chance(0.5) ? dice.int(30) : undefined // of whatever waits, some
      return [interaction({ v: 1, kind: 'forget', userId, backfillBefore })]
    }
    if (roll < 90 && guests.length > 0) {
      const login = interaction({ v: 1, kind: 'identify', userId: dice.pick(guests), into: dice.pick(everyone) })
      return [{ ...login, headers: authenticator.signed('identify', login) }]
    }
    if (roll < 94) return [interaction({ v: 1, kind: 'refresh', userId })]
    return [poison(userId)]
  }

  const catalog: Send[] = items.map((id) => ({ topic: topics.items, records: [item(dice, id)] }))
  if (dice.chance(0.3)) catalog.push({ topic: topics.items, records: [{ key: dice.pick(items), value: null }] })
  if (dice.chance(0.3)) {
    catalog.push({
      topic: topics.items,
      records: [{ key: 'item-x', value: bytes('{}'), headers: { poison: 'yes' } }],
    })
  }
  const writers: Send[][] = [catalog]
  for (let writer = dice.between(1, 3); writer > 0; writer--) {
    const sends: Send[] = []
    const bulk = dice.pick([0, 0, 0.3, 0.9]) // a backfill beside visitors, or one writer in both lanes
    const partitioner = dice.chance(0.4) ? dice.pick(foreignPartitioners) : undefined
    for (let n = dice.between(5, 20); n > 0; n--) {
      if (dice.chance(bulk)) sends.push({ topic: topics.backfill, records: one() })
      else sends.push({ topic: topics.interactions, records: one(), partitioner })
    }
    if (dice.chance(0.02)) {
      const userId = dice.pick(everyone)
      const burst = Array.from({ length: 300 }, () => event(userId)) // fills buckets of event ids
      sends.push({ topic: topics.interactions, records: burst })
    }
    if (dice.chance(crowds)) {
      const topic = dice.chance(bulk) ? topics.backfill : topics.interactions
      sends.push({ topic, records: Array.from({ length: dice.between(40, 120) }, () => event(dice.pick(crowd))) })
    }
    writers.push(sends)
  }
  return { writers, users: [...everyone, ...crowd.filter((userId) => sent.some((one) => one.userId === userId))] }
}

const interaction = (record: InteractionRecord): LogRecord => ({ key: record.userId, value: encodeInteraction(record) })

function item(dice: Dice, id: string): LogRecord {
  const categories = [dice.pick(['books', 'music', 'games'])]
  return { key: id, value: encodeItem({ v: 1, id, title: `The ${id}`, categories, available: dice.chance(0.9) }) }
}
