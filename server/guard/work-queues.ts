import { type Client, FairQueue } from './fair-queue.ts'
import type { Identity } from './identity.ts'

/** Work that takes long enough to be queued, with the bounds of each kind. */
export interface WorkQueues {
  /** Documents that are not kept: they are parsed and validated on the thread that serves requests. */
  readonly documents: FairQueue
  /** Questions to the thread that ranks, each of at most `rankingsPerQuestionMax` lists. */
  readonly rankings: FairQueue
  /** Pages of the catalog, which are made on the thread that serves requests. */
  readonly searches: FairQueue
  /** Lists that wait for a causal token. */
  readonly waits: FairQueue
}

/** Lists that one question asks of the thread that ranks: other clients wait for so many at most, about 10 ms. */
export const rankingsPerQuestionMax = 10

export const createWorkQueues = (): WorkQueues => ({
  documents: new FairQueue({
    name: 'new documents',
    runningMax: 1,
    perClientMax: 100,
    inAllMax: 5_000,
    yieldAfterTask: true,
  }),
  // Two, so that the thread has a question at hand when it has answered one.
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

/** Services and operators act for many people: their limits are those of all clients together. */
export const clientOf = ({ client, role }: Identity): Client => ({
  client,
  shared: role === 'service' || role === 'operator',
})
