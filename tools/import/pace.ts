import { type GraphQLClient, sleep } from '../lib/graphql-client.ts'

/** Maximum batches in the pipeline at once: enough to keep every stage busy, few enough to delay live events little. */
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
 * Paces a bulk load so that it does not delay live events: at most `batchesInFlightMax` batches are sent whose last
 * user's list does not include its events yet. So the backlog of the first stage stays short whatever its speed.
 */
export function createPace(client: GraphQLClient): Pace {
  const inFlight: Promise<unknown>[] = []
  return {
    async next(userId, token) {
      const fresh = client(freshQuery, { userId, after: token, timeoutMs: freshMsMax })
      fresh.catch(() => {}) // awaited below, a few batches later
      inFlight.push(fresh)
      if (inFlight.length >= batchesInFlightMax) await inFlight.shift()
    },
  }
}

/** The last event that was sent: its user and its causal token. */
export interface Sent {
  readonly userId: string
  readonly token: string
}

/** Waits until the list of the last event's user includes it: reported lags are up to a second old. */
async function untilFresh(client: GraphQLClient, { userId, token }: Sent): Promise<void> {
  await client(freshQuery, { userId, after: token, timeoutMs: freshMsMax })
}

export interface StageLag {
  readonly name: string
  readonly lag: number
}

/** Waits until three consecutive reports say that no stage has a backlog: reports are up to a second old. */
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
