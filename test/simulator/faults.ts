import { rebuildUsers } from '../../workers/train/rebuild-users.ts'
import { authenticator } from './secret.ts'
import type { SimServers } from './servers.ts'
import { compactedTopics, type SimProcess, type SimulatedStage, simulatedStages, type World } from './world.ts'

const processesMax = 5
/** A record is not compacted away before so many operations have passed: min.compaction.lag.ms of the real thing. */
const compactionLag = 300
/** Longer than that: compaction overtakes a stage that stands still. */
const stallStepsMax = 600

export interface Starts {
  /** One more process; of its stages, some. */
  more(): void
  /** Starts what is missing, so that every stage runs somewhere. */
  complete(): void
  /** Makes every user's state anew, once a history and by an operator who may die of any failure. @returns whether it began */
  rebuild(): boolean
  /** Where the topics ended some time ago. */
  compactable(): ReadonlyMap<string, readonly number[]>
}

/** Several instances of every stage, in processes of one to all stages each. */
export function startProcesses(world: World): Starts {
  const { dice } = world.scheduler
  let rebuilt = false
  const marks: { step: number; ends: Map<string, readonly number[]> }[] = []

  const some = (): SimulatedStage[] => {
    const stages = simulatedStages.filter(() => dice.chance(0.5))
    return stages.length > 0 ? stages : [...simulatedStages]
  }
  const starts: Starts = {
    more() {
      if (world.processes.size < processesMax) world.start(dice.chance(0.3) ? simulatedStages : some())
    },
    complete() {
      const covered = new Set([...world.processes].flatMap((process) => process.stages))
      const missing = simulatedStages.filter((stage) => !covered.has(stage))
      if (missing.length > 0) world.start(missing)
    },
    rebuild() {
      if (rebuilt) return false
      rebuilt = true
      world.scheduler.note('the users are made anew')
      const operator = { name: 'rebuild', alive: true }
      const parts = {
        log: world.log.forOwner(operator),
        clock: world.scheduler.clock,
        authenticator,
        usersMax: dice.between(1, 4),
      }
      void rebuildUsers(parts, 'rebuild-1', 'embed').catch(() => {}) // broken off in its middle: that too must do no harm
      return true
    },
    compactable() {
      const now = world.scheduler.steps
      const ends = compactedTopics.map((topic) => {
        return [topic, world.log.topic(topic).partitions.map(({ end }) => end)] as const
      })
      marks.push({ step: now, ends: new Map(ends) })
      return marks.findLast(({ step }) => step <= now - compactionLag)?.ends ?? new Map()
    },
  }
  for (let n = dice.between(1, 3); n > 0; n--) starts.more()
  starts.complete()
  return starts
}

/** One thing that happens to a system in production. @returns whether it did */
export function disturb(world: World, starts: Starts, servers: SimServers): boolean {
  const { scheduler, log } = world
  const { dice } = scheduler
  const someone = (): SimProcess | undefined => dice.pick([...world.processes])
  const restart = () => scheduler.add({ owner: null, label: 'a process is started', run: () => starts.complete() })
  const kind = dice.pick([
    'crash',
    'crash',
    'crash',
    'stop',
    'start',
    'share',
    'move and return',
    'stall',
    'evict',
    'evict',
    'jump',
    'compact',
    'rebuild',
    'server starts',
    'server crashes',
    'all crash',
  ] as const)
  switch (kind) {
    case 'crash': {
      const process = someone()
      if (process) world.crash(process)
      restart()
      return process !== undefined
    }
    case 'stop': {
      const process = someone()
      if (process) void world.stop(process)
      restart()
      return process !== undefined
    }
    case 'start':
      starts.more()
      return true
    case 'share': {
      const group = dice.pick([...log.groups.values()])
      scheduler.note('a group is shared out anew')
      group?.share()
      return group !== undefined
    }
    case 'move and return': {
      const group = dice.pick([...log.groups.values()])
      scheduler.note('a partition moves')
      return group?.moveAndReturn() ?? false
    }
    case 'stall': {
      // Behind for long: what comes meanwhile is one backlog.
      const group = dice.pick([...log.groups.values()])
      if (!group) return false
      scheduler.note('a group stands still')
      group.stalledUntil = scheduler.steps + dice.between(100, stallStepsMax)
      return true
    }
    case 'evict': {
      // Taken for dead by its group: it goes on with what it has in hand until it hears of it.
      const group = dice.pick([...log.groups.values()])
      const member = group && dice.pick([...group.members])
      if (!member) return false
      scheduler.note(`${member.owner.name} is taken for dead`)
      group.leave(member)
      member.hear()
      return true
    }
    case 'jump':
      scheduler.wallClock += dice.pick([-3_600_000, -1000, 1000, 3_600_000])
      scheduler.note('the clock jumps')
      return true
    case 'compact': {
      const topic = dice.pick(compactedTopics)
      const ends = starts.compactable().get(topic)
      scheduler.note(`${topic} is compacted`)
      ends?.forEach((end, partition) => {
        log.topic(topic).compact(partition, end)
      })
      return ends !== undefined
    }
    case 'rebuild':
      return starts.rebuild()
    case 'server starts':
      servers.start()
      return true
    case 'server crashes':
      servers.crashOne()
      scheduler.add({ owner: null, label: 'a server is started', run: () => servers.startMissing() })
      return true
    case 'all crash':
      for (const process of world.processes) world.crash(process)
      servers.crashAll()
      scheduler.add({ owner: null, label: 'a server is started', run: () => servers.startMissing() })
      restart()
      return true
  }
}
