import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'

interface Life {
  /** Ids that have counted. */
  readonly ids: Set<string>
  /** Events that stand: not undone, not erased. */
  readonly events: Map<string, { readonly inProfile: boolean }>
}

export interface Expected {
  /** `user/event` of every event that must stand in the archive, once. */
  readonly archived: ReadonlySet<string>
  /** Users of whom nothing may be left. */
  readonly unknown: ReadonlySet<string>
  /** `topic/partition/offset` of the records that no stage could take. */
  readonly dead: ReadonlySet<string>
}

const profileEvents = 200

/**
 * What the log of interactions means, told a second time in the plainest way and without any of the workers' code: sets
 * of events, record by record. What both runs of a simulation get wrong alike is found here.
 */
export function expectedOf(records: readonly StoredRecord[]): Expected {
  const lives = new Map<string, Life>()
  const handedOver = new Map<string, string[]>()
  const adopted = new Set<string>()
  const dead = new Set<string>()

  const lifeOf = (user: string): Life => {
    const life = lives.get(user) ?? { ids: new Set(), events: new Map() }
    lives.set(user, life)
    return life
  }
  const take = (life: Life, eventId: string, inProfile: boolean) => {
    if (life.ids.has(eventId)) return
    life.ids.add(eventId)
    life.events.set(eventId, { inProfile })
  }

  /** @returns false when it must wait for another partition */
  const apply = (record: InteractionRecord, at: string): boolean => {
    const user = record.userId
    switch (record.kind) {
      case 'event':
        take(lifeOf(user), record.eventId, record.type !== 'IMPRESSION')
        return true
      case 'undo': {
        const { events } = lifeOf(user)
        for (const id of record.eventIds) if (events.get(id)?.inProfile) events.delete(id)
        return true
      }
      case 'forget':
        lives.delete(user)
        return true
      case 'identify': {
        if (record.into === user) return true
        const events = [...(lives.get(user)?.events ?? [])].filter(([, { inProfile }]) => inProfile)
        handedOver.set(at, events.map(([id]) => id).slice(-profileEvents))
        lives.delete(user)
        return true
      }
      case 'adopt': {
        const name = `${record.from.partition}/${record.from.offset}`
        const events = handedOver.get(name)
        if (events === undefined) return false
        const life = lifeOf(user)
        if (!adopted.has(name)) for (const id of events) take(life, id, true)
        adopted.add(name)
        return true
      }
      case 'refresh':
        return true
    }
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
        else if (!apply(record, at)) break
        queue.shift()
        moved = true
      }
    }
  }
  const archived = new Set<string>()
  for (const [user, { events }] of lives) for (const id of events.keys()) archived.add(`${user}/${id}`)
  const named = new Set(records.map(({ key }) => key))
  return { archived, dead, unknown: new Set([...named].filter((user) => !lives.has(user))) }
}

function decoded({ key, value, appendedAt }: StoredRecord): InteractionRecord | undefined {
  try {
    return decodeInteraction(key, value, appendedAt)
  } catch {
    return undefined
  }
}
