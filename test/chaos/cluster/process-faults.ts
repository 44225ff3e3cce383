import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { poison } from '../poison.ts'
import type { Program } from '../program.ts'
import { retrain } from '../retrain.ts'
import type { ClusterWorld, Layout } from './cluster-world.ts'

const hour = 3_600_000
const stormSeconds = 15
/** How many workers beside the usual ones there are at once: each joins, works a few seconds, and is killed. */
const stormProcesses = 4

const killed = (name: string, of: (world: ClusterWorld) => Program): Fault<ClusterWorld> => ({
  name: `kill -9 ${name}`,
  weight: 1,
  holdMs: [0, 3_000],
  async strike(world) {
    await of(world).kill()
    return { undo: async () => void (await of(world).start()) }
  },
})

/** What is done to the product's own processes, wherever Kafka and Cassandra are. */
export const processFaults = (layout: Layout): readonly Fault<ClusterWorld>[] => [
  killed('server', ({ server }) => server),
  ...Object.keys(layout).map((name) => killed(`worker ${name}`, ({ workers }) => workers.get(name)!)),
  {
    name: 'SIGSTOP of a process',
    weight: 2,
    holdMs: [1_000, 15_000], // also longer than a group waits: it comes back as a zombie
    async strike({ programs }, { dice }) {
      const program = dice.pick(programs)
      program.signal('SIGSTOP')
      return { undo: async () => program.signal('SIGCONT') }
    },
  },
  {
    name: 'kill -9 of all processes',
    weight: 1,
    holdMs: [0, 500],
    async strike(world) {
      await Promise.all(world.programs.map((program) => program.kill()))
      return { undo: () => world.startProduct() }
    },
  },
  {
    name: 'rebalance storm',
    weight: 1,
    holdMs: [0, 100],
    async strike(world, { dice }) {
      const extras: Program[] = []
      for (let second = 0; second < stormSeconds; second++) {
        const extra = world.extra(dice.pick(Object.values(world.layout)))
        extras.push(extra)
        extra.startSoon()
        await sleep(1_000)
        if (extras.length > stormProcesses) await extras.shift()?.kill()
      }
      return { times: stormSeconds, undo: async () => void (await Promise.all(extras.map((extra) => extra.kill()))) }
    },
  },
  {
    name: 'clock jumps',
    weight: 2,
    holdMs: [500, 2_000],
    async strike({ skews, programs }, { dice }) {
      for (const { name } of programs) if (dice.chance(0.5)) skews.set(name, dice.pick([-hour, -60_000, 60_000, hour]))
      return {
        undo: async () => {
          for (const { name } of programs) skews.set(name, 0)
        },
      }
    },
  },
  {
    name: 'poison records',
    weight: 1,
    holdMs: [0, 500],
    async strike({ ports }, { dice }) {
      await poison(ports.log, dice)
      return { undo: async () => {} }
    },
  },
  { name: 'retrain', weight: 1, holdMs: [0, 500], strike: (_world, { client }) => retrain(client) },
]
