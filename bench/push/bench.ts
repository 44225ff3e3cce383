import { type BenchCluster, openCluster } from '../harness/cluster.ts'
import { type Figure, figureOf, type Must, type Pair, percentile } from '../harness/figure.ts'
import { startProduct } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'
import { bulkCapacity, startLoad, visitorsCapacity } from './load.ts'
import { openRawHops } from './raw-hops.ts'
import { openWatcher, type Watcher } from './watcher.ts'

type Hop = () => Promise<number>

/**
 * From the mutation to the list on a subscriber's socket, on both platforms, compared with three topics of Kafka
 * alone.
 */
export async function pushBench(surroundings: Surroundings): Promise<Figure[]> {
  const cluster = await openCluster(surroundings)
  const hop = await openRawHops(cluster.brokers, surroundings.onEnd)
  const embedded = { PICKSTREAM_DATA_DIR: await surroundings.folder() }
  return [
    ...(await measure('embedded', embedded, hop, surroundings)),
    ...(await measure('Kafka + Cassandra', clusterEnv(cluster), hop, surroundings)),
  ]
}

const clusterEnv = ({ env }: BenchCluster) => env

async function measure(name: string, env: Readonly<Record<string, string>>, hop: Hop, surroundings: Surroundings) {
  const { say, quick, onEnd } = surroundings
  const shop = new Shop({ users: 1000, items: 1000 })
  const past = shop.events(quick ? 2_000 : 10_000, Date.now() - 40_000_000)
  say(`${name}: starting`)
  const ends: (() => unknown)[] = []
  const address = await startProduct({ env, shop, past }, { ...surroundings, onEnd: (end) => ends.push(end) })
  const url = `${address}/graphql`
  const watcher = await openWatcher(url, shop, 'watcher')
  ends.push(() => watcher.close())
  onEnd(async () => {
    for (const end of ends.reverse()) await end()
    ends.length = 0
  })
  const rounds = quick ? 2 : 5
  const pushes = quick ? 50 : 200
  say(`${name}: warming up`)
  await measureRounds(watcher, hop, 1, quick ? 50 : 500)
  say(`${name}: quiet`)
  const quiet = await measureRounds(watcher, hop, rounds, pushes)

  const most = await visitorsCapacity(url, shop, quick ? 3 : 10)
  say(`${name}: at half of ${Math.round(most)} events/s, a list for each`)
  const stopLoad = startLoad(url, shop, most / 2, 1)
  const loaded = await measureRounds(watcher, hop, rounds, pushes)
  await stopLoad()

  const bulk = await bulkCapacity(url, shop, watcher, quick ? 2_000 : 8_000)
  say(`${name}: at half of ${Math.round(bulk)} events/s in bulk`)
  const stopBulk = startLoad(url, shop, bulk / 2, 20)
  // A push waits behind a second's events, and its reference behind it.
  const behindBulk = await measureRounds(watcher, hop, rounds, quick ? 5 : 10)
  await stopBulk()
  for (const end of ends.reverse()) await end()
  ends.length = 0
  return [
    ...figures(`${name}, quiet`, quiet),
    ...figures(`${name}, half load (${Math.round(most / 2)} events/s, one by one)`, loaded),
    ...figures(`${name}, half of the bulk rate (${Math.round(bulk / 2)} events/s, 20 at once)`, behindBulk, false),
  ]
}

interface Round {
  readonly p50: Pair
  readonly p99: Pair
}

async function measureRounds(watcher: Watcher, hop: Hop, rounds: number, pushes: number): Promise<Round[]> {
  const results: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const values: number[] = []
    const references: number[] = []
    for (let n = 0; n < pushes; n++) {
      values.push(await watcher.push())
      references.push(await hop())
    }
    results.push({
      p50: { value: percentile(values, 0.5), reference: percentile(references, 0.5) },
      p99: { value: percentile(values, 0.99), reference: percentile(references, 0.99) },
    })
  }
  return results
}

const note =
  'From the start of the mutation to the list on the socket, one event at a time; the reference is a record through three topics by kafkajs, acks of all replicas, alternating with it. Full load is what 32 visitors do who each wait for their list before the next event; in bulk many events share a list.'

function figures(name: string, rounds: readonly Round[], judged = true): Figure[] {
  const of = (percentage: 'p50' | 'p99', atMost: number) => {
    const must: Must = { of: 'ratio', atMost }
    const description = { name: `${name}, ${percentage}`, unit: 'ms', note, ...(judged && { must }) }
    return figureOf(
      description,
      rounds.map((round) => round[percentage]),
    )
  }
  return [of('p50', 2), of('p99', 3)]
}
