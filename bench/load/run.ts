import { readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { startChild } from '../harness/child.ts'
import { cpuSecondsOf, type Memory, memoryPartsOf } from '../harness/cpu-time.ts'
import { ask } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { drained } from '../pipeline/prepare.ts'
import type { ClickLog } from './click-log.ts'
import { type Phase, Visitor } from './visitor.ts'

export interface LoadOptions {
  readonly log: ClickLog
  readonly priority: 'LIVE' | 'BULK'
  readonly quietSeconds: number
}

export interface LoadRun {
  readonly before: Phase
  readonly during: Phase
  readonly after: Phase
  readonly eventsPerSecond: number
  /** Seconds of all threads of the product, from the first event to the end of all stages: trainings included. */
  readonly cpuSeconds: number
  /** Of all processes of the product: just started, and at the end of the load. */
  readonly memoryBefore: Memory
  readonly memoryAfter: Memory
  /** The same once the visitor alone has clicked for the quiet time. */
  readonly memoryQuietAgain: Memory
}

const perMutation = 500
const senders = 4
const restMs = 2_000
const drainMsMax = 480_000

/** One run of the product with an empty shop: a visitor before, during and after a log is sent as fast as it is taken. */
export async function runLoad(
  env: Readonly<Record<string, string>>,
  { log, priority, quietSeconds }: LoadOptions,
  { say, onEnd, folder }: Surroundings,
): Promise<LoadRun> {
  const all = { PICKSTREAM_DEMO: 'off', PICKSTREAM_PORT: '0', PICKSTREAM_LIMIT_RATE: '0', ...env }
  const config = readConfig(all)
  const isEmbedded = config.PLATFORM === 'embedded'
  const surroundings = { say, onEnd, folder, quick: false }
  const stages = isEmbedded ? [] : [startChild('workers/main', all, surroundings)]
  const server = startChild(isEmbedded ? 'start/main' : 'server/main', all, surroundings)
  const ofEach = <Value>(measure: (pid: number) => Promise<Value>) =>
    Promise.all([server, ...stages].map(({ process }) => measure(process.pid!)))
  const cpuNow = async () => sum(await ofEach(cpuSecondsOf))
  const memory = async (): Promise<Memory> => {
    const parts = await ofEach(memoryPartsOf)
    return { resident: sum(parts.map((part) => part.resident)), anonymous: sum(parts.map((part) => part.anonymous)) }
  }
  const url = `${((await server.firstMessage) as { address: string }).address}/graphql`
  const topics = isEmbedded
    ? await openEmbedded({ dir: config.DATA_DIR, lock: false })
    : await openPlatform({ config, logger: silentLogger, name: 'bench' })
  onEnd(() => topics.close())
  await rest()
  const memoryBefore = await memory()

  await putItems(url, log.itemIds)
  await drained(topics.log, 50, drainMsMax)
  const visitor = await Visitor.open(url, log.itemIds)
  onEnd(() => visitor.close())
  say('warming up')
  await visitor.clickUntil(seconds(quietSeconds / 2))
  say('quiet')
  const before = await visitor.clickUntil(seconds(quietSeconds))
  say(`${log.events.length} events of ${log.users} users, ${priority}`)
  const begun = performance.now()
  const cpuBegun = await cpuNow()
  const load = send(url, log, priority).then(() => drained(topics.log, 20, drainMsMax))
  let took = Number.NaN
  const during = await visitor.clickUntil(load.then(() => (took = performance.now() - begun)))
  await load
  const cpuSeconds = (await cpuNow()) - cpuBegun
  const memoryAfter = await memory()
  await rest()
  say('quiet again')
  const after = await visitor.clickUntil(seconds(quietSeconds))
  const memoryQuietAgain = await memory()
  const eventsPerSecond = log.events.length / (took / 1000)
  return { before, during, after, eventsPerSecond, cpuSeconds, memoryBefore, memoryAfter, memoryQuietAgain }
}

async function putItems(url: string, ids: readonly string[]): Promise<void> {
  const mutation = 'mutation ($items: [ItemInput!]!) { putItems(items: $items) { accepted } }'
  for (let at = 0; at < ids.length; at += 1000) {
    const items = ids.slice(at, at + 1000).map((id) => ({ id, title: `Item ${id}` }))
    await ask(url, mutation, { items })
  }
}

/** Mutations of 500 events in the order of the log, four in flight. */
async function send(url: string, { events }: ClickLog, priority: 'LIVE' | 'BULK'): Promise<void> {
  let next = 0
  const run = async () => {
    while (next < events.length) {
      const batch = events.slice(next, next + perMutation)
      next += perMutation
      await ask(url, mutationOf(priority), { events: batch })
    }
  }
  await Promise.all(Array.from({ length: senders }, run))
}

const mutationOf = (priority: 'LIVE' | 'BULK'): string =>
  `mutation ($events: [EventInput!]!) { recordEvents(events: $events${priority === 'BULK' ? ', priority: BULK' : ''}) { accepted token } }`

const rest = () => seconds(restMs / 1000)

const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
