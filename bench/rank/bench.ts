import type { Child } from '../harness/child.ts'
import { cpuSecondsOf } from '../harness/cpu-time.ts'
import { type Figure, figureAlone, percentile } from '../harness/figure.ts'
import { ask, startProduct } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'

const rankQuery =
  'query ($userId: ID!, $itemIds: [ID!]!) { rank(userId: $userId, itemIds: $itemIds) { rank score item { id } } }'
const homeQuery =
  'query ($userId: ID!) { home(userId: $userId, rows: 6, first: 12) { id rows { id kind picks { rank item { id title } } } } }'

const idsAsked = 1_000
const userCount = 2_000

/** Latency of `rank` and of a start page, from the request to the complete answer, one request at a time. */
export async function rankBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, folder } = surroundings
  const items = quick ? 5_000 : 20_000
  const shop = new Shop({ users: userCount, items })
  const past = shop.events(quick ? 5_000 : 20_000, Date.now() - 40_000_000)
  say(`starting with ${items} items`)
  const env = { PICKSTREAM_DATA_DIR: await folder() }
  let server: Child | undefined
  const address = await startProduct({ env, shop, past }, surroundings, (child) => {
    server = child
  })
  const cpuSeconds = () => cpuSecondsOf(server!.process.pid!)
  const url = `${address}/graphql`
  const caughtUp = async () => {
    const { pipeline } = await ask<{ pipeline: { stages: { lag: number }[] } }>(
      url,
      '{ pipeline { stages { lag } } }',
      {},
    )
    return pipeline.stages.length > 0 && pipeline.stages.every(({ lag }) => lag === 0)
  }
  while (!(await caughtUp())) await new Promise((resolve) => setTimeout(resolve, 250))

  const given = (n: number) => Array.from({ length: idsAsked }, (_, k) => shop.items[(n * 31 + k * 7) % items]!.id)
  const user = (n: number) => shop.users[(n * 17) % 200]!
  const requests = quick ? 100 : 500
  const rounds = quick ? 2 : 5
  const figures: Figure[] = []
  for (const [name, operation, query, variables, must] of [
    [
      'rank of 1,000 ids',
      'rank',
      rankQuery,
      (n: number) => ({ userId: user(n), itemIds: given(n) }),
      { of: 'value', atMost: 5 },
    ],
    ['home, 6 rows of 12', 'home', homeQuery, (n: number) => ({ userId: user(n) }), undefined],
  ] as const) {
    say(name)
    const times: number[][] = []
    const inServer: number[] = []
    const ofCpu: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const before = await serverTime(address, operation)
      const cpuBefore = await cpuSeconds()
      const measured = await measure(requests, (n) => ask(url, query, variables(n)))
      const cpu = (await cpuSeconds()) - cpuBefore
      const after = await serverTime(address, operation)
      if (round === 0) continue
      ofCpu.push((1000 * cpu) / requests)
      times.push(measured)
      inServer.push((1000 * (after.seconds - before.seconds)) / (after.requests - before.requests))
    }
    figures.push(
      figureAlone(
        { name: `${name}, time in the server, mean`, unit: 'ms', note: serverNote, ...(must && { must }) },
        inServer,
      ),
      figureAlone({ name: `${name}, processor time of the server`, unit: 'ms', note: cpuNote }, ofCpu),
      figureAlone(
        { name: `${name}, median`, unit: 'ms', note },
        times.map((all) => percentile(all, 0.5)),
      ),
      figureAlone(
        { name: `${name}, 99 %`, unit: 'ms' },
        times.map((all) => percentile(all, 0.99)),
      ),
    )
  }
  return figures
}

const note = `over loopback HTTP with a client in another process, ${userCount.toLocaleString('en')} users, a trained model.`

const cpuNote = 'all threads, HTTP, collecting and the idle work of the stages included.'

const serverNote =
  'from the parsed request to the answer, the ranking included, without HTTP: pickstream_graphql_operation_seconds.'

/** The server's metrics of an operation so far. */
async function serverTime(address: string, operation: string): Promise<{ seconds: number; requests: number }> {
  const text = await (await fetch(`${address}/metrics`)).text()
  const total = (suffix: string) =>
    [...text.matchAll(/^pickstream_graphql_operation_seconds_(\w+)\{([^}]*)\} (\S+)$/gm)]
      .filter(([, kind, labels]) => kind === suffix && labels!.includes(`operation="${operation}"`))
      .reduce((sum, [, , , value]) => sum + Number(value), 0)
  return { seconds: total('sum'), requests: total('count') }
}

async function measure(requests: number, run: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < requests; n++) {
    const begun = performance.now()
    await run(n)
    times.push(performance.now() - begun)
  }
  return times
}
