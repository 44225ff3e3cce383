import { messageOf } from '../../schema/app-error.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { encodedListRevision } from '../../schema/records/list.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { refreshUsers } from '../../workers/train/refresh-users.ts'
import { compare, listsAreNewest } from './checks.ts'
import { Dice } from './dice.ts'
import { disturb, startProcesses } from './faults.ts'
import { makeHistory, type Send } from './history.ts'
import type { Workings } from './mutations.ts'
import { calm, type Weather } from './scheduler.ts'
import { SimServers } from './servers.ts'
import { subscribe } from './subscriber.ts'
import { settingsOf, simulatedStages, World } from './world.ts'

export interface Simulation {
  readonly seed: number
  /** A hash of everything that happened, in its order. */
  readonly trace: number
  readonly steps: number
  readonly faults: number
  /** Records of topic interactions. */
  readonly records: number
  /** Empty: the system ended as the undisturbed one, and nothing forbidden was seen on the way. */
  readonly problems: readonly string[]
}

interface Options {
  readonly workings?: Workings
  /** Of its own choice where left out. */
  readonly weather?: Weather
  /** How often a writer sends events of many users at once, 0 to 1. */
  readonly crowds?: number
  readonly onTrace?: (line: string) => void
  /** For a look at what a failing seed has left. */
  readonly onWorld?: (world: World) => void
}

const problemsMax = 20
const crowdsDefault = 0.04

/** Runs one history through the real stages in bad weather, and compares what is left with the undisturbed run. */
export async function simulate(
  seed: number,
  { workings, weather, crowds = crowdsDefault, onTrace, onWorld = () => {} }: Options = {},
): Promise<Simulation> {
  const dice = new Dice(seed)
  const partitions = dice.between(1, 3)
  const problems: string[] = []
  const report = (problem: string) => {
    if (problems.length < problemsMax) problems.push(problem)
  }
  const world: World = new World({
    dice,
    weather: weather ?? weatherOf(dice),
    partitions,
    settings: settingsOf(seed),
    workings,
    onTrace,
    watch: (table, user, before, after) => {
      if (table !== tables.listsByUser || before === null || after === null) return
      const [old, revision] = [encodedListRevision(before), encodedListRevision(after)]
      if (revision < old) report(`lists_by_user: an older list of ${user} replaced a newer one`)
      if (revision === old && !Buffer.from(after).equals(before))
        report(`lists_by_user: two lists of ${user} ${revision}`)
    },
  })
  onWorld(world)
  const { scheduler } = world
  let faults = 0
  try {
    const history = makeHistory(dice, scheduler.wallClock, crowds)
    const page = { name: 'page', alive: true }
    const subscriber = await subscribe(world.log.forOwner(page), report)
    const starts = startProcesses(world)
    const servers = new SimServers(world, history.users, seed, report)
    servers.start()
    const writers = history.writers.map((sends, n) => send(world, `writer-${n}`, sends))
    let writing = true
    void Promise.all(writers).then(() => {
      writing = false
    })

    for (const until = scheduler.steps + 4000; writing && scheduler.steps < until; ) {
      if (!(await scheduler.step())) break
      if (dice.chance(scheduler.weather.fault) && disturb(world, starts, servers)) faults++
    }
    for (const until = scheduler.steps + dice.between(0, 300); scheduler.steps < until; ) {
      if (!(await scheduler.step())) break
      if (dice.chance(scheduler.weather.fault) && disturb(world, starts, servers)) faults++
    }

    scheduler.weather = calm
    starts.complete()
    servers.startMissing()
    await world.drain()
    if (servers.answers === 0) report('no server has answered')
    listsAreNewest(world, report)
    subscriber.check(world)
    const beforeRefresh = world.log.topic(topics.interactions).partitions.map(({ end }) => end)
    await refreshEverybody(world, history.users)

    const undisturbed = await runUndisturbed(world, dice, partitions, beforeRefresh)
    compare(world, undisturbed, report)
    subscriber.check(world)
    if (world.log.largestBatch > 12) report(`a batch of ${world.log.largestBatch} records`)
  } catch (error) {
    report(messageOf(error))
  }
  for (const problem of scheduler.problems) report(problem)
  const records = world.records(topics.interactions).length
  return { seed, trace: scheduler.trace, steps: scheduler.steps, faults, records, problems }
}

function weatherOf(dice: Dice): Weather {
  return {
    delay: dice.pick([0, 0.01, 0.05, 0.15]),
    lateAnswer: dice.pick([0, 0.1, 0.4]),
    failure: dice.pick([0, 0.01, 0.05]),
    lostCommit: dice.pick([0, 0.02, 0.2]),
    fault: dice.pick([0.002, 0.01, 0.03, 0.06]),
  }
}

/** A client that repeats every append until it is acknowledged. */
async function send(world: World, name: string, sends: readonly Send[]): Promise<void> {
  const owner = { name, alive: true }
  const log = world.log.forOwner(owner)
  const { scheduler } = world
  for (const { topic, records, partitioner } of sends) {
    for (let pause = scheduler.dice.int(4); pause > 0; pause--) await scheduler.call(owner, 'waits', () => {})
    for (;;) {
      try {
        if (partitioner === undefined) await log.append(topic, records)
        else await world.log.appendForeign(owner, topic, records, partitioner)
        break
      } catch {
        // not acknowledged: the same again
      }
    }
  }
}

async function refreshEverybody(world: World, users: readonly string[]): Promise<void> {
  const operator = { name: 'operator', alive: true }
  const parts = {
    log: world.log.forOwner(operator),
    store: world.store.forOwner(operator),
    clock: world.scheduler.clock,
  }
  const record = (userId: string) => encodeInteraction({ v: 1, kind: 'refresh', userId })
  const records = users.map((userId) => ({ key: userId, value: record(userId) }))
  const steps = [
    () => refreshUsers(parts),
    // An erasure of a history may cover whatever waits in the backfill: whom it covers is asked for in the other lane.
    () => parts.log.append(topics.interactions, records),
  ]
  for (const step of steps) {
    const done = step()
    await world.drain()
    await done
  }
}

/** One process, no faults, the same log: what the stages append to what they are given is only noted down. */
async function runUndisturbed(world: World, dice: Dice, partitions: number, refreshFrom: readonly number[]) {
  const undisturbed = new World({ dice, weather: calm, partitions })
  const given = [topics.interactions, topics.items, topics.sideDeltas] as const
  for (const topic of given) undisturbed.freeze(topic)
  const isRefresh = ({ partition, offset }: { partition: number; offset: number }) => offset >= refreshFrom[partition]!
  for (const topic of given) {
    for (const record of world.records(topic)) {
      if (topic !== topics.interactions || !isRefresh(record)) undisturbed.log.topic(topic).restore(record)
    }
  }
  undisturbed.start(simulatedStages)
  await undisturbed.drain()
  for (const record of world.records(topics.interactions)) {
    if (isRefresh(record)) undisturbed.log.topic(topics.interactions).restore(record)
  }
  undisturbed.log.kick(topics.interactions)
  await undisturbed.drain()
  return undisturbed
}
