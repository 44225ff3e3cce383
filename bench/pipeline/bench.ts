import type { Figure } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { clusterFigures, measureCluster } from './cluster.ts'
import { embeddedFigures, measureEmbedded } from './embedded.ts'

/** Events from the topic to stored lists, on both platforms. */
export async function pipelineBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick } = surroundings
  const items = 1_000
  const embedded = await measureEmbedded(
    {
      items,
      users: 10_000,
      rounds: quick ? 1 : 5,
      eventsPerRound: quick ? 5_000 : 20_000,
      pastEvents: quick ? 5_000 : 20_000,
    },
    surroundings,
  )
  const options = {
    items: quick ? 2_000 : 20_000,
    users: 10_000,
    rounds: quick ? 1 : 5,
    eventsPerRound: quick ? 5_000 : 20_000,
    pastEvents: quick ? 5_000 : 40_000,
    workers: 2,
  }
  const cluster = await measureCluster(options, surroundings)
  return [...embeddedFigures(embedded, items), ...clusterFigures(cluster, options)]
}
