import { join } from 'node:path'
import { percentile } from '../../../bench/harness/figure.ts'
import { Shop } from '../../../bench/harness/shop.ts'
import { openWatcher, type Watcher } from '../../../bench/push/watcher.ts'
import type { Findings } from '../findings.ts'
import type { ChaosClient } from '../load/client.ts'
import { Program } from '../program.ts'

interface Parts {
  readonly platform: string
  readonly url: string
  readonly client: ChaosClient
  readonly dir: string
  readonly findings: Findings
  readonly say: (text: string) => void
}

const pushes = 1_000
const warmUpPushes = 30
const crowdUsers = 40
const crowdEventMs = 50
const slowerMax = 2

/**
 * 1,000 subscribers that never read, half-open and silent sockets, frames of 1 MB, one that subscribes and leaves 100 times a
 * second: the time from a mutation to the list on a well-behaved page may be twice what it was before they came.
 */
export async function checkHostileClients({ platform, url, client, dir, findings, say }: Parts): Promise<void> {
  findings.begin(`${platform}: hostile clients`)
  const watcher = await openWatcher(url, new Shop({ users: 10, items: 100 }), 'well-behaved')
  const crowd = new Program({
    name: 'hostile clients',
    path: 'test/chaos/hostile/crowd.js',
    args: [url, String(crowdUsers)],
    env: {},
    logFile: join(dir, 'hostile.log'),
    onEnded: say,
  })
  const stopEvents = sendEvents(client)
  try {
    await measure(watcher, warmUpPushes)
    const quiet = await measure(watcher, pushes)
    await crowd.start()
    const among = await measure(watcher, pushes)
    const ratio = among.p99 / quiet.p99
    const inMs = ({ p50, p99 }: Latency) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
    const text = `push: quiet ${inMs(quiet)}; among hostile clients ${inMs(among)}; p99 ${ratio.toFixed(2)} times`
    say(text)
    findings.note(text)
    if (ratio > slowerMax) findings.add('notRecovered', text)
  } finally {
    await stopEvents()
    await crowd.stop()
    await watcher.close()
  }
}

/** What the crowd watches changes all the time, before it comes too. */
function sendEvents(client: ChaosClient): () => Promise<void> {
  let running = true
  const run = async () => {
    for (let n = 0; running; n++) {
      const event = { userId: `crowd-${n % crowdUsers}`, itemId: `item-${(n * 7) % 100}`, type: 'VIEW' }
      await client.ask('mutation ($event: EventInput!) { recordEvents(events: [$event]) { accepted } }', { event })
      await new Promise((resolve) => setTimeout(resolve, crowdEventMs))
    }
  }
  const done = run()
  return async () => {
    running = false
    await done
  }
}

interface Latency {
  readonly p50: number
  readonly p99: number
}

async function measure(watcher: Watcher, count: number): Promise<Latency> {
  const times: number[] = []
  for (let n = 0; n < count; n++) times.push(await watcher.push())
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}
