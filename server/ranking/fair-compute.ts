import type { Client, FairQueue } from '../guard/fair-queue.ts'
import type { RankingService } from './ranking-service.ts'

/** The ranking for one client: its requests take turns with those of all clients. */
export const fairCompute = (compute: RankingService, queue: FairQueue, client: Client): RankingService => ({
  similar: (requests) => queue.run(client, () => compute.similar(requests)),
  together: (requests) => queue.run(client, () => compute.together(requests)),
  session: (request) => queue.run(client, () => compute.session(request)),
  trending: (window, request) => queue.run(client, () => compute.trending(window, request)),
  rank: (request) => queue.run(client, () => compute.rank(request)),
  get modelVersion() {
    return compute.modelVersion
  },
  get isReady() {
    return compute.isReady
  },
})
