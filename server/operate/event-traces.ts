import { LRUCache } from 'lru-cache'
import type { EventLog, Following } from '../../platform/ports/event-log.ts'
import type { EventTrace } from '../../schema/graphql/operations.ts'
import { decodeHop, type HopRecord } from '../../schema/records/hop.ts'
import { topics } from '../../schema/topics.ts'

const tracesMax = 500

/** The newest events that are followed, hop by hop, as topic hops tells. */
export class EventTraces {
  readonly #hops = new LRUCache<string, Map<string, HopRecord>>({ max: tracesMax })

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.hops, from: 'end' }, (records) => {
      for (const { value } of records) if (value !== null) this.#take(decodeHop(value))
    })
  }

  /** Newest first. */
  newest(first: number, eventId?: string): EventTrace[] {
    const traces = [...this.#hops].map(([id, hops]) => toTrace(id, [...hops.values()]))
    return traces
      .filter((trace) => eventId === undefined || trace.eventId === eventId)
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, first)
  }

  #take(hop: HopRecord): void {
    const known = this.#hops.get(hop.traceId) ?? new Map<string, HopRecord>()
    known.set(hop.spanId, hop)
    this.#hops.set(hop.traceId, known)
  }
}

function toTrace(id: string, hops: readonly HopRecord[]): EventTrace {
  const startedAt = Math.min(...hops.map(({ startMs }) => startMs))
  return {
    id,
    eventId: hops.find(({ attributes }) => attributes.eventId !== undefined)?.attributes.eventId ?? null,
    startedAt: Math.round(startedAt),
    hops: [...hops]
      .sort((a, b) => a.startMs - b.startMs)
      .map(({ name, startMs, endMs }) => ({ name, startMs: startMs - startedAt, endMs: endMs - startedAt })),
  }
}
