import { startChild } from '../harness/child.ts'
import { memoryOf } from '../harness/cpu-time.ts'
import { type Figure, figureAlone } from '../harness/figure.ts'
import { ask, recordMutation, startProduct, toInput } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'

/** What a small shop takes: everything in one process, as `npm start` runs it. */
export async function memoryBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, folder } = surroundings
  const empty = startChild('start/main', { ...start, PICKSTREAM_DATA_DIR: await folder() }, surroundings)
  await empty.firstMessage
  await rest(3_000)
  const atStart = await memoryOf(empty.process.pid!)
  await empty.stop()

  const shop = new Shop({ users: 10_000, items: 1_000 })
  const events = quick ? 5_000 : 50_000
  const past = shop.events(events, Date.now() - (events + 10_000) * 1000)
  say(`a shop of 1,000 items and ${events} events`)
  let pid = 0
  const address = await startProduct(
    { env: { PICKSTREAM_DATA_DIR: await folder() }, shop, past },
    surroundings,
    (child) => (pid = child.process.pid!),
  )
  const samples: number[] = []
  for (let n = 0; n < (quick ? 5 : 20); n++) {
    const sent = shop.events(100, Date.now() - 100_000)
    await ask(`${address}/graphql`, recordMutation, { events: sent.map(toInput) })
    await rest(1_000)
    samples.push(await memoryOf(pid))
  }
  const note = 'Resident memory of the one process, server and stages; LMDB’s mapped pages are counted in it.'
  return [
    figureAlone({ name: 'just started, no data', unit: 'MB', note }, [atStart / 1e6]),
    figureAlone(
      { name: `1,000 items, 10,000 users, ${events} events`, unit: 'MB' },
      samples.map((bytes) => bytes / 1e6),
    ),
  ]
}

const start = { PICKSTREAM_PORT: '0', PICKSTREAM_DEMO: 'off' }
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
