import { partitionOf } from '../../platform/partitioner.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import { authenticator } from './secret.ts'

interface Life {
  /** Ids that have counted. */
  readonly ids: Set<string>
  /** Events that stand: not undone, not erased. */
  readonly events: Set<string>
  /** Those of them that an undo can reach and a login takes along: the newest ones. */
  profile: { readonly id: string; readonly at: number }[]
}

export interface Expected {
  /** `user/event` of every event that must stand in the archive, once. */
  readonly archived: ReadonlySet<string>
  /** Users of whom nothing may be left. */
  readonly unknown: ReadonlySet<string>
  /** `topic/partition/offset` of the records that a stage could not process. */
  readonly dead: ReadonlySet<string>
  /** `partition/offset` of the records outside their user's partition of which no copy stands there. */
  readonly notForwarded: ReadonlySet<string>
  /** `partition/offset` of retried events, second copies, second adoptions and what was erased before: no list is made of them. */
  readonly unchanged: ReadonlySet<string>
}

const profileEvents = 200

/**
 * What the log of interactions means, told a second time in the plainest way and without any of the workers' code: sets
 * of events, record by record. What both runs of a simulation get wrong alike is found here.
 */
export function expectedOf(records: readonly StoredRecord[], partitionCount: number): Expected {
  const lives = new Map<string, Life>()
  const handedOver = new Map<string, Life['profile']>()
  const adopted = new Set<string>()
  /** By user: what stood in the backfill before this offset is erased. */
  const erasedBefore = new Map<string, number>()
  const dead = new Set<string>()
  const outside = new Set<string>()
  const forwarded = new Set<string>()
  const unchanged = new Set<string>()

  const lifeOf = (user: string): Life => {
    const life = lives.get(user) ?? { ids: new Set(), events: new Set(), profile: [] }
    lives.set(user, life)
    return life
  }
  /** @returns whether it counts */
  const take = ({ ids, events }: Life, id: string): boolean => {
    if (ids.has(id)) return false
    ids.add(id)
    events.add(id)
    return true
  }

  /** @returns false when it must wait for another partition */
  const apply = (record: InteractionRecord, at: string): boolean => {
    const user = record.userId
    switch (record.kind) {
      case 'event': {
        const life = lifeOf(user)
        if (!take(life, record.eventId)) unchanged.add(at)
        else if (record.type !== 'IMPRESSION') {
          life.profile = [...life.profile, { id: record.eventId, at: Date.parse(record.timestamp) }].slice(
            -profileEvents,
          )
        }
        return true
      }
      case 'undo': {
        const life = lifeOf(user)
        const gone = life.profile.filter(({ id }) => record.eventIds.includes(id))
        for (const { id } of gone) life.events.delete(id)
        life.profile = life.profile.filter((entry) => !gone.includes(entry))
        return true
      }
      case 'forget':
        lives.delete(user)
        return true
      case 'identify': {
        if (record.into === user) return true
        handedOver.set(at, lives.get(user)?.profile ?? [])
        lives.delete(user)
        return true
      }
      case 'adopt': {
        const name = `${record.from.partition}/${record.from.offset}`
        const events = handedOver.get(name)
        if (events === undefined) return false
        if (adopted.has(name)) {
          unchanged.add(at)
          return true
        }
        adopted.add(name)
        const life = lifeOf(user)
        const moved = events.filter(({ id }) => take(life, id))
        life.profile = [...life.profile, ...moved].sort((a, b) => a.at - b.at).slice(-profileEvents)
        return true
      }
      case 'refresh':
      case 'restore':
        return true
    }
  }

  const isErased = (stored: StoredRecord, user: string): boolean =>
    (backfillOffset(stored) ?? Infinity) < (erasedBefore.get(user) ?? 0)

  const noteErasure = (record: InteractionRecord, stored: StoredRecord): InteractionRecord => {
    if (record.kind !== 'forget') return record
    const before = record.backfillBefore ?? (backfillOffset(stored) ?? -1) + 1
    erasedBefore.set(record.userId, Math.max(erasedBefore.get(record.userId) ?? 0, before))
    return record
  }

  const partitions = new Map<number, StoredRecord[]>()
  for (const record of records) {
    partitions.set(record.partition, [...(partitions.get(record.partition) ?? []), record])
  }
  for (let moved = true; moved; ) {
    moved = false
    for (const queue of partitions.values()) {
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        const at = `${next.partition}/${next.offset}`
        const record = decoded(next)
        if (record === undefined) dead.add(`${next.topic}/${at}`)
        else if (partitionOf(record.userId, partitionCount) !== next.partition) outside.add(at)
        else {
          const from = next.headers['forwarded-from']
          const isCopy = from !== undefined && forwarded.has(from)
          const counts = !isCopy && !isErased(next, record.userId) // else as if it had not been written
          if (counts && !apply(noteErasure(record, next), at)) break
          if (!counts) unchanged.add(at)
          if (from !== undefined) forwarded.add(from)
        }
        queue.shift()
        moved = true
      }
    }
  }
  const archived = new Set<string>()
  for (const [user, { events }] of lives) for (const id of events) archived.add(`${user}/${id}`)
  const named = new Set(records.map(({ key }) => key))
  const unknown = new Set([...named].filter((user) => !lives.has(user)))
  const notForwarded = new Set([...outside].filter((at) => !forwarded.has(at)))
  return { archived, dead, unknown, notForwarded, unchanged }
}

function backfillOffset({ headers }: StoredRecord): number | undefined {
  return headers.backfill === undefined ? undefined : Number(headers.backfill.split('/')[1])
}

function decoded({ key, value, headers, appendedAt }: StoredRecord): InteractionRecord | undefined {
  try {
    const record = decodeInteraction(key, value, appendedAt)
    authenticator.checkSigned(record, { value, headers })
    return record
  } catch {
    return undefined
  }
}
