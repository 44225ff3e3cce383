import { setTimeout as sleep } from 'node:timers/promises'
import { decodeInteraction } from '../../schema/records/interaction.ts'
import { formatRevision } from '../../schema/revision.ts'
import { Dice } from '../simulator/dice.ts'
import { checkLag } from './checks/at-rest.ts'
import { checkConverged } from './checks/converged.ts'
import { checkCounted } from './checks/counted.ts'
import { checkNewest } from './checks/newest.ts'
import { type Recorded, recordedIn } from './checks/recorded.ts'
import { runUndisturbed } from './checks/undisturbed.ts'
import type { Fault, Striking } from './fault.ts'
import type { Findings } from './findings.ts'
import { checkHostileClients } from './hostile/hostile-clients.ts'
import { ChaosClient } from './load/client.ts'
import { Load } from './load/load.ts'
import { Model } from './load/model.ts'
import { Revisions, Watchers } from './load/watchers.ts'
import { schedule } from './schedule.ts'
import type { Platform, Surroundings, World } from './world.ts'

export interface ChaosOptions extends Surroundings {
  readonly seed: number
  readonly minutes: number
  readonly findings: Findings
  readonly signal?: AbortSignal
  /** Whether the time of a push is measured among hostile clients, at the end. Default true. */
  readonly hostile?: boolean
}

const users = Array.from({ length: 40 }, (_, n) => `user-${n}`)
const items = Array.from({ length: 120 }, (_, n) => ({
  id: `item-${n}`,
  title: `Item ${n}`,
  categories: [`category-${n % 8}`],
  price: 1 + n,
}))
const putItems = 'mutation ($items: [ItemInput!]!) { putItems(items: $items) { accepted } }'
const refresh = 'mutation { refreshRecommendations { done reason } }'
/** Also where the machine is too slow for any within the time. */
const strikesMin = 3
/** Looks at the lags, 250 ms apart, that must find nothing waiting before the lists of all users are compared. */
const restLooks = 30
/** Memory may grow with what is in it, and not by more: half as much again, and room for one heap to breathe. */
const memoryLimitMb = (first: number) => first * 1.5 + 200

/** Faults one after another until the time is over, everything checked after each; then the comparison with a calm run. */
export async function runChaos<Kind extends World>(platform: Platform<Kind>, options: ChaosOptions): Promise<void> {
  const { seed, minutes, findings, say, signal, hostile = true } = options
  const world = await platform.open(options)
  const dice = new Dice(seed)
  const client = new ChaosClient({ url: world.url, findings, signal })
  const revisions = new Revisions(findings)
  const model = new Model()
  await client.ask(putItems, { items })
  const load = new Load({ client, model, revisions, dice: new Dice(seed + 1), users, items: items.map(({ id }) => id) })
  const watchers = new Watchers(world.url, users, revisions)
  const parts = { client, model, findings, revisions, watchers }

  /** Everything that must hold whenever the world has come to rest. */
  const check = async (all: boolean) => {
    await load.pause()
    const deadline = performance.now() + world.recoveryMsMax
    await checkCounted(parts, { all, deadline })
    await checkNewest(parts, deadline)
    await checkLag(parts, deadline)
  }

  try {
    findings.begin(`${world.platform}: nothing`)
    load.start()
    await sleep(2_000)
    await check(true)
    const memoryMb = world.memoryMb()
    const until = performance.now() + minutes * 60_000
    let strikes = 0
    for (const fault of schedule(platform.faults, dice)) {
      if ((performance.now() > until && strikes >= strikesMin) || signal?.aborted) break
      strikes++
      load.start()
      await sleep(dice.between(100, 1_000))
      const started = performance.now()
      await strike(fault, world, findings, { dice, client, model, say })
      await sleep(dice.between(100, 600))
      await check(false)
      checkMemory(world.memoryMb(), memoryMb, findings)
      say(`${fault.name}: ${((performance.now() - started) / 1000).toFixed(1)} s, ${model.acknowledged} events so far`)
    }
    if (signal?.aborted) return
    if (hostile)
      await checkHostileClients({ platform: world.platform, url: world.url, client, dir: options.dir, findings, say })
    findings.begin(`${world.platform}: all of them`)
    await check(true)
    await client.ask(refresh)
    await check(false)
    await checkLag(parts, performance.now() + world.recoveryMsMax, restLooks)
    await watchers.close()
    const recorded = await world.left(recordedIn)
    checkStored(recorded, revisions)
    say(`replaying ${recorded.interactions.length} records undisturbed`)
    checkConverged(recorded, await runUndisturbed(recorded, firstRefreshOffsets(recorded)), findings)
  } finally {
    await watchers.close()
    await load.pause()
    await world.close()
  }
}

async function strike<Kind extends World>(fault: Fault<Kind>, world: Kind, findings: Findings, striking: Striking) {
  const name = `${world.platform}: ${fault.name}`
  findings.begin(name, 0)
  const { undo, times = 1 } = await fault.strike(world, striking)
  findings.begin(name, times)
  await sleep(striking.dice.between(...fault.holdMs))
  await undo()
}

function checkMemory(mb: number, firstMb: number, findings: Findings): void {
  if (mb > memoryLimitMb(firstMb)) findings.add('notRecovered', `${mb} MB of memory, at first it was ${firstMb} MB`)
}

function checkStored({ revisions: stored, timeline }: Recorded, revisions: Revisions): void {
  for (const userId of users) {
    const revision = stored.get(userId) ?? 0n // none: a stranger, whose revision is below all others
    revisions.saw(userId, formatRevision(revision, timeline), revisions.of(userId), 'stored')
  }
}

/** At the end every list was asked for anew: from there on nothing else was written. */
function firstRefreshOffsets({ interactions, partitions }: Recorded): number[] {
  const from = Array.from({ length: partitions }, () => 0)
  for (const { key, value, appendedAt, partition, offset } of interactions) {
    if (!isRefresh(key, value, appendedAt)) from[partition] = offset + 1
  }
  return from
}

function isRefresh(key: string, value: Uint8Array | null, appendedAt: number): boolean {
  try {
    return decodeInteraction(key, value, appendedAt).kind === 'refresh'
  } catch {
    return false
  }
}
