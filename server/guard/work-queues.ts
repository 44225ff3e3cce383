import { type Client, FairQueue } from './fair-queue.ts'
import type { Identity } from './identity.ts'

/** Queues for work that takes long, with the limits of each kind. */
export interface WorkQueues {
  /** Parsing and validating documents that are not cached, on the thread that serves requests. */
  readonly documents: FairQueue
  /** Requests to the ranking thread, each for at most `rankingsPerQuestionMax` lists. */
  readonly rankings: FairQueue
  /** Pages of the catalog, which are built on the thread that serves requests. */
  readonly searches: FairQueue
  /** Lists that wait for a causal token. */
  readonly waits: FairQueue
}

/** Maximum lists of one request to the ranking thread. Other clients wait for at most this many, about 10 ms. */
export const rankingsPerQuestionMax = 10

export const createWorkQueues = (): WorkQueues => ({
  documents: new FairQueue({
    name: 'new documents',
    runningMax: 1,
    perClientMax: 100,
    inAllMax: 5_000,
    yieldAfterTask: true,
  }),
  // Two, so that the thread has the next request when it has answered one.
  rankings: new FairQueue({ name: 'rankings', runningMax: 2, perClientMax: 200, inAllMax: 2_000 }),
  searches: new FairQueue({
    name: 'catalog queries',
    runningMax: 1,
    perClientMax: 200,
    inAllMax: 2_000,
    yieldAfterTask: true,
  }),
  waits: new FairQueue({
    name: 'lists that wait for a token',
    runningMax: Number.POSITIVE_INFINITY,
    perClientMax: 20,
    inAllMax: 5_000,
  }),
})

/** Services and operators act for many people, so they have the limits of all clients together. */
export const clientOf = ({ client, role }: Identity): Client => ({
  client,
  shared: role === 'service' || role === 'operator',
})
