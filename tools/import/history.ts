import { type GraphQLClient, sleep } from '../lib/graphql-client.ts'
import type { EventInput } from './to-input.ts'

/** The key of an event: the pair counts once. */
export type EventKey = Pick<EventInput, 'userId' | 'eventId'>

/** Requests in flight at once: enough to keep the server busy, since most requests wait for its disk. */
export const requestsInFlightMax = 32
const pageRows = 100
const sampleMax = 100
/** Further looks at the histories: the pipeline has caught up, by reports that may be a second old. */
export const looksMax = 10
export const lookEveryMs = 500

const pageQuery = `query History($id: ID!, $first: Int, $after: String) {
  user(id: $id) { events(first: $first, after: $after) { edges { node { eventId } } pageInfo { hasNextPage endCursor } } }
}`

interface Page {
  readonly user: {
    readonly events: {
      readonly edges: readonly { readonly node: { readonly eventId: string } }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  } | null
}

/** The events that are in the history of their user. */
export async function foundIn<Key extends EventKey>(
  client: GraphQLClient,
  events: readonly Key[],
): Promise<ReadonlySet<Key>> {
  const idsFound = new Map<string, ReadonlySet<string>>()
  await forEachInFlight(idsByUser(events), async ([userId, ids]) => {
    idsFound.set(userId, await idsInHistory(client, userId, ids))
  })
  return new Set(events.filter(({ userId, eventId }) => idsFound.get(userId)!.has(eventId)))
}

/** The wanted event ids that are in the history of the user. Reads it newest first, until all are found. */
async function idsInHistory(
  client: GraphQLClient,
  userId: string,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> {
  const missing = new Set(wanted)
  const found = new Set<string>()
  for (let after: string | null = null; missing.size > 0; ) {
    const { user }: Page = await client<Page>(pageQuery, { id: userId, first: pageRows, after })
    for (const { node } of user?.events.edges ?? []) if (missing.delete(node.eventId)) found.add(node.eventId)
    if (!user?.events.pageInfo.hasNextPage) break
    after = user.events.pageInfo.endCursor
  }
  return found
}

/** Event ids by user, in the order of the events. */
export function idsByUser(events: readonly EventKey[]): ReadonlyMap<string, readonly string[]> {
  const byUser = new Map<string, string[]>()
  for (const { userId, eventId } of events) {
    const ids = byUser.get(userId)
    if (ids) ids.push(eventId)
    else byUser.set(userId, [eventId])
  }
  return byUser
}

/** Calls `work` for each element, at most `requestsInFlightMax` at a time. Rejects at the first rejection. */
export async function forEachInFlight<Element>(
  elements: Iterable<Element>,
  work: (element: Element) => Promise<void>,
): Promise<void> {
  const iterator = elements[Symbol.iterator]()
  const run = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: requestsInFlightMax }, run))
}

/** Keeps at most 100 of the events that are added, evenly spaced, to look for them in the histories afterwards. */
export class EventSample {
  private kept: EventKey[] = []
  private count = 0
  private stride = 1

  add({ userId, eventId }: EventKey): void {
    if (this.count++ % this.stride !== 0) return
    this.kept.push({ userId, eventId })
    if (this.kept.length <= sampleMax) return
    this.kept = this.kept.filter((_, n) => n % 2 === 0)
    this.stride *= 2
  }

  /**
   * The sampled events that are not in the history of their user: an event id that was undone does not count again.
   * Call it when the pipeline has caught up.
   */
  async missing(client: GraphQLClient): Promise<{ readonly checked: number; readonly missing: readonly EventKey[] }> {
    let missing: EventKey[] = this.kept
    for (let n = 0; n < looksMax && missing.length > 0; n++) {
      if (n > 0) await sleep(lookEveryMs)
      const found = await foundIn(client, missing)
      missing = missing.filter((event) => !found.has(event))
    }
    return { checked: this.kept.length, missing }
  }
}
