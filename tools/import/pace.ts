import { type GraphQLClient, sleep } from '../lib/graphql-client.ts'

/** Batches on their way through the pipeline at once: enough to keep every stage busy, few enough that a click goes through between. */
export const batchesInFlightMax = 3
const freshMsMax = 30_000
const pollMs = 500

const freshQuery = `query Fresh($userId: ID!, $after: String, $timeoutMs: Int) {
  recommendations(userId: $userId, first: 1, after: $after, timeoutMs: $timeoutMs) { id }
}`

export interface Pace {
  /** Resolves when the next batch may be sent. */
  next(userId: string, token: string): Promise<void>
}

/**
 * Keeps a bulk load from standing in front of live visitors: a batch is sent once the list of the last user of the batch
 * `batchesInFlightMax` before it has seen its events, so the queue of the first stage stays short whatever its speed.
 */
export function createPace(client: GraphQLClient): Pace {
  const inFlight: Promise<unknown>[] = []
  return {
    async next(userId, token) {
      const fresh = client(freshQuery, { userId, after: token, timeoutMs: freshMsMax })
      fresh.catch(() => {}) // looked at below, a few batches later
      inFlight.push(fresh)
      if (inFlight.length >= batchesInFlightMax) await inFlight.shift()
    },
  }
}

/** What was sent last, by one of its users. */
export interface Sent {
  readonly userId: string
  readonly token: string
}

/** Lags are a second old: the list of the last event tells that it is through. */
async function untilFresh(client: GraphQLClient, { userId, token }: Sent): Promise<void> {
  await client(freshQuery, { userId, after: token, timeoutMs: freshMsMax })
}

export interface StageLag {
  readonly name: string
  readonly lag: number
}

/** Waits until no stage has anything left to do, three times in a row: the reports are a second old. */
export async function untilCaughtUp(
  client: GraphQLClient,
  onLag: (stages: readonly StageLag[]) => void,
  last?: Sent,
): Promise<void> {
  for (let idle = 0; idle < 3; ) {
    const { pipeline } = await client<{ pipeline: { stages: StageLag[] } }>('{ pipeline { stages { name lag } } }')
    const busy = pipeline.stages.filter(({ lag }) => lag > 0)
    idle = pipeline.stages.length > 0 && busy.length === 0 ? idle + 1 : 0
    onLag(busy)
    await sleep(pollMs)
  }
  if (last !== undefined) await untilFresh(client, last)
}
