import type { Client, FairQueue } from '../limits/fair-queue.ts'
import type { Compute } from './compute.ts'

/** The ranking as one client may use it: its questions wait for their turn among those of all clients. */
export const fairCompute = (compute: Compute, queue: FairQueue, client: Client): Compute => ({
  similar: (requests) => queue.run(client, () => compute.similar(requests)),
  together: (requests) => queue.run(client, () => compute.together(requests)),
  session: (request) => queue.run(client, () => compute.session(request)),
  trending: (window, request) => queue.run(client, () => compute.trending(window, request)),
  get modelVersion() {
    return compute.modelVersion
  },
  ready: compute.ready,
  close: () => compute.close(),
})
