import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { percentile } from '../../../bench/harness/figure.ts'
import { EmbeddedWorld } from '../embedded/embedded-world.ts'
import type { Findings } from '../findings.ts'
import { Program } from '../program.ts'

interface Options {
  readonly dir: string
  readonly findings: Findings
  readonly say: (text: string) => void
  /** How long the attack goes on. Default: 60. */
  readonly seconds?: number
}

const secret = 'a secret of the hostile mix, made up for it alone'
const settings = { PICKSTREAM_ACCESS_JWT_SECRET: secret, PICKSTREAM_LIMIT_RATE: '50' }
const slowerMax = 3
const memoryGrowthMax = 1.2
const memoryWaitMsMax = 180_000
const warmUpSeconds = 20
const quietSeconds = 20
const everyMs = 20
const items = Array.from({ length: 120 }, (_, n) => ({
  id: `item-${n}`,
  title: `Item ${n} for camping`,
  description: 'd'.repeat(20_000),
  categories: [`category-${n % 8}`],
}))

/**
 * One shopper and one stranger attack a server whose access is configured, with everything that is known to cost work or
 * memory, within the rate limit and beyond. The p99 of other clients may be three times that of a quiet time, no request of
 * theirs may fail, and the memory returns to within 20 % of what it was.
 *
 * What else runs on the machine changes with time. So the quiet time is measured in the same run, before the attack and after
 * it, and the slower one counts: 1,000 requests each, against 3,000 during the attack.
 */
export async function runHostileMix({ dir, findings, say, seconds = 60 }: Options): Promise<void> {
  findings.begin('embedded: a hostile shopper and a stranger')
  const world = await EmbeddedWorld.openLarge({ dir, say, settings })
  const service = await tokenOf({ sub: 'loader', role: 'service' })
  await post(world.url, service, { query: putItems, variables: { items: items.slice(0, 60) } })
  await post(world.url, service, { query: putItems, variables: { items: items.slice(60) } })
  const attackers = new Program({
    name: 'attackers',
    path: 'test/chaos/hostile/attackers.js',
    args: [world.url, await tokenOf({ sub: 'eve' })],
    env: {},
    logFile: join(dir, 'attackers.log'),
    onEnded: say,
  })
  try {
    const clients = await Promise.all(['ada', 'bob'].map(async (sub) => ({ sub, token: await tokenOf({ sub }) })))
    const measured = (forSeconds: number) => measure(world.url, clients, forSeconds)
    await measured(warmUpSeconds)
    const before = await measured(quietSeconds)
    const quietMb = world.memoryMb()
    await attackers.start()
    const during = await measured(seconds)
    const duringMb = world.memoryMb()
    await attackers.stop()
    const after = await measured(quietSeconds)
    const afterMb = await memoryAfter(world, quietMb * memoryGrowthMax)
    const inMs = ({ p50, p99 }: Latency) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
    const ratio = during.p99 / Math.max(before.p99, after.p99)
    const text =
      `other clients: quiet ${inMs(before)}, afterwards ${inMs(after)}; during the attack ${inMs(during)}, ` +
      `p99 ${ratio.toFixed(2)} times, ${during.failed} of ${during.count} failed; ` +
      `memory ${quietMb} MB, during ${duringMb} MB, after ${afterMb} MB`
    say(text)
    findings.note(text)
    if (ratio > slowerMax || during.failed > 0) findings.add('notRecovered', text)
    if (afterMb > quietMb * memoryGrowthMax) findings.add('notRecovered', text)
  } finally {
    await attackers.stop()
    await world.close()
  }
}

const putItems = 'mutation ($items: [ItemInput!]!) { putItems(items: $items) { accepted } }'
const questions = [
  'query ($u: ID!) { recommendations(userId: $u, first: 20) { revision picks { rank item { id title } } } }',
  'query { similarItems(itemId: "item-1", first: 10) { rank item { id title } } }',
  'mutation ($u: ID!) { recordEvents(events: [{ userId: $u, itemId: "item-2", type: VIEW }]) { accepted } }',
]

const tokenOf = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

interface Latency {
  readonly count: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
}

interface MeasuredClient {
  readonly sub: string
  readonly token: string
}

/** Requests of the clients in turn at a steady pace, whether the earlier ones are answered or not. */
async function measure(url: string, clients: readonly MeasuredClient[], seconds: number): Promise<Latency> {
  const times: number[] = []
  let failed = 0
  const sent: Promise<void>[] = []
  const until = performance.now() + seconds * 1_000
  for (let n = 0; performance.now() < until; n++) {
    const begun = performance.now()
    const { sub, token } = clients[n % clients.length]!
    const query = questions[n % questions.length]
    const done = post(url, token, { query, variables: { u: sub } }).then(
      (answer) => {
        if (answer.includes('"errors"')) failed++
      },
      () => failed++,
    )
    sent.push(done.then(() => void times.push(performance.now() - begun)))
    await sleep(everyMs)
  }
  await Promise.all(sent)
  return { count: times.length, failed, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function post(url: string, token: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += String(chunk)
      })
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}

/** What the memory comes back to: pages are given back to the system some time after a collection. */
async function memoryAfter(world: EmbeddedWorld, enoughMb: number): Promise<number> {
  const deadline = performance.now() + memoryWaitMsMax
  while (world.memoryMb() > enoughMb && performance.now() < deadline) await sleep(1_000)
  return world.memoryMb()
}
