import cassandra from 'cassandra-driver'
import { readConfig } from '../../platform/config.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { topics } from '../../schema/topics.ts'
import { stageNames } from '../../workers/topology.ts'
import { startChild } from '../harness/child.ts'
import { type BenchCluster, openCluster } from '../harness/cluster.ts'
import { type Figure, figureAlone, figureOf, median } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'
import { appendEvents, drained, putShop, valuesSince } from './prepare.ts'

interface Options {
  readonly items: number
  readonly users: number
  readonly rounds: number
  readonly eventsPerRound: number
  readonly pastEvents: number
  readonly workers: number
}

interface Round {
  readonly rate: number
  readonly inserts: number
  readonly lists: number
}

/** Worker processes with all stages on real Kafka and Cassandra; everything, the load too, on this one machine. */
export async function measureCluster(options: Options, surroundings: Surroundings): Promise<Round[]> {
  const { say, onEnd } = surroundings
  const cluster = await openCluster(surroundings)
  const config = readConfig(cluster.env)
  const { log, store, close } = await openPlatform({ config, logger: silentLogger, name: 'bench' })
  onEnd(close)
  const shop = new Shop(options)
  const { rounds, eventsPerRound, pastEvents } = options
  const start = Date.now() - (pastEvents + (rounds + 1) * eventsPerRound) * 1000
  const past = shop.events(pastEvents, start)
  say(`training on ${pastEvents} events of ${options.users} users and ${options.items} items`)
  await putShop(log, store, shop, past)

  const stages = stageNames.filter((name) => name !== 'train')
  for (let n = 0; n < options.workers; n++) {
    startChild('workers/main', cluster.env, surroundings, ['--stage', ...stages])
  }
  say(`warming up ${options.workers} worker processes`)
  await appendEvents(log, past)
  await drained(log, 100)

  const insert = await openRawTable(cluster, onEnd)
  const results: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const events = shop.events(eventsPerRound, start + (pastEvents + round * eventsPerRound) * 1000)
    const before = await log.endOffsets(topics.lists)
    const begun = performance.now()
    await appendEvents(log, events)
    await drained(log, 100)
    const rate = eventsPerRound / ((performance.now() - begun) / 1000)

    const lists = await valuesSince(log, topics.lists, before, eventsPerRound)
    await new Promise((resolve) => setTimeout(resolve, 500)) // wait until the workers are idle, so that the reference runs alone
    const rawBegun = performance.now()
    await insert(lists)
    const inserts = lists.length / ((performance.now() - rawBegun) / 1000)
    results.push({ rate, inserts, lists: lists.length })
    say(`round ${round + 1}: ${Math.round(rate)} events/s, ${lists.length} lists; raw ${Math.round(inserts)} inserts/s`)
  }
  return results
}

type Insert = (lists: readonly { key: string; value: Uint8Array }[]) => Promise<void>

const concurrency = 256

/** Reference: prepared one-row inserts, many concurrently, into a table of the same form. */
async function openRawTable(cluster: BenchCluster, onEnd: Surroundings['onEnd']): Promise<Insert> {
  const { contactPoints, dataCenter } = cluster
  const client = new cassandra.Client({ contactPoints: [...contactPoints], localDataCenter: dataCenter })
  onEnd(() => client.shutdown())
  await client.connect()
  await client.execute(
    `CREATE KEYSPACE IF NOT EXISTS raw WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
  await client.execute('CREATE TABLE IF NOT EXISTS raw.picks (user_id text PRIMARY KEY, picks blob)')
  const query = 'INSERT INTO raw.picks (user_id, picks) VALUES (?, ?)'
  return async (lists) => {
    const rows = lists.map(({ key, value }) => [key, Buffer.from(value.buffer, value.byteOffset, value.length)])
    await cassandra.concurrent.executeConcurrent(client, query, rows, {
      concurrencyLevel: concurrency,
      executionProfile: undefined,
    })
  }
}

export function clusterFigures(rounds: readonly Round[], options: Options): Figure[] {
  const lists = Math.round(median(rounds.map((round) => round.lists)))
  const name = `Kafka + Cassandra, ${options.items.toLocaleString('en')} items`
  return [
    figureOf(
      {
        name,
        unit: 'events/s',
        must: { of: 'ratio', atLeast: 0.4 },
        note: `Kafka + Cassandra: ${options.workers} worker processes, ${options.eventsPerRound} events of ${options.users} users (Zipf) a round made ${lists} lists; the reference is one-row inserts a second of those lists by cassandra-driver, ${concurrency} at once, with the machine to itself.`,
      },
      rounds.map(({ rate, inserts }) => ({ value: rate, reference: inserts })),
    ),
    figureAlone(
      { name: `${name}, lists`, unit: 'lists/s' },
      rounds.map((round) => (round.rate * round.lists) / options.eventsPerRound),
    ),
  ]
}
