import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { poison } from '../poison.ts'
import { retrain } from '../retrain.ts'
import type { EmbeddedWorld } from './embedded-world.ts'
import { startImport } from './import-run.ts'

const nothing = async () => {}
const hour = 3_600_000
/** How often the folder is looked through for what to compact. */
const maintainEveryMs = 5_000

/** What is done to the one-process start. */
export const embeddedFaults: readonly Fault<EmbeddedWorld>[] = [
  {
    name: 'kill -9',
    weight: 8,
    holdMs: [0, 300],
    async strike({ product }, { dice }) {
      const times = dice.between(1, 3)
      for (let n = 1; n < times; n++) {
        await product.kill()
        await product.start()
        await sleep(dice.between(0, 1_000)) // of load
      }
      await product.kill()
      return { times, undo: async () => void (await product.start()) }
    },
  },
  {
    name: 'kill -9 while it starts',
    weight: 6,
    holdMs: [0, 100],
    async strike({ product }, { dice }) {
      const times = dice.between(3, 8)
      await product.kill()
      for (let n = 1; n < times; n++) {
        product.startSoon()
        await sleep(dice.between(20, 1_500))
        await product.kill()
      }
      return { times, undo: async () => void (await product.start()) }
    },
  },
  {
    name: 'stop and start',
    weight: 1,
    holdMs: [0, 200],
    async strike({ product }) {
      await product.stop()
      return { undo: async () => void (await product.start()) }
    },
  },
  {
    name: 'SIGSTOP',
    weight: 1,
    holdMs: [500, 4_000],
    async strike({ product }) {
      product.signal('SIGSTOP')
      return { undo: async () => product.signal('SIGCONT') }
    },
  },
  {
    name: 'clock jumps',
    weight: 1,
    holdMs: [500, 1_500],
    async strike(world, { dice }) {
      await world.skewClock(dice.pick([-hour, -60_000, 60_000, hour]))
      return { undo: () => world.skewClock(0) }
    },
  },
  {
    name: 'disk full',
    weight: 1,
    holdMs: [500, 1_500],
    async strike({ disk }, { dice, say }) {
      if (!disk.canBeFilled) {
        say('SKIPPED: a full disk')
        return { times: 0, undo: nothing }
      }
      disk.fill(dice.pick([0, 100_000, 32 * 2 ** 20]))
      return { undo: async () => disk.empty() }
    },
  },
  {
    name: 'kill -9 in an import',
    weight: 1,
    holdMs: [0, 100],
    async strike(world, { dice, model }) {
      const { product } = world
      const importing = startImport(world, dice.int(1_000_000))
      const times = dice.between(1, 3)
      for (let n = 0; n < times; n++) {
        await sleep(dice.between(300, 1_500))
        await product.kill()
        if (dice.chance(0.3)) importing.kill()
        await product.start()
      }
      return {
        times,
        async undo() {
          for (const { userId, eventIds } of await importing.done) model.recorded(userId, eventIds)
        },
      }
    },
  },
  {
    name: 'kill -9 in a compaction',
    weight: 1,
    holdMs: [0, 100],
    async strike(world, { dice }) {
      await world.skewClock(2 * hour) // all that lies in the topics is old enough
      const times = dice.between(1, 2)
      for (let n = 0; n < times; n++) {
        await sleep(dice.between(0, maintainEveryMs + 500))
        await world.product.kill()
        await world.product.start()
      }
      return { times, undo: () => world.skewClock(0) }
    },
  },
  {
    name: 'poison records',
    weight: 1,
    holdMs: [0, 100],
    async strike(world, { dice }) {
      await world.product.kill()
      await world.whileStopped(({ log }) => poison(log, dice))
      return { undo: async () => void (await world.product.start()) }
    },
  },
  { name: 'retrain', weight: 1, holdMs: [0, 500], strike: (_world, { client }) => retrain(client) },
  {
    name: 'kill -9 in a retrain',
    weight: 1,
    holdMs: [0, 200],
    async strike({ product }, { client, dice }) {
      const { undo } = await retrain(client)
      await sleep(dice.between(20, 800))
      await product.kill()
      return {
        async undo() {
          await product.start()
          await undo()
        },
      }
    },
  },
]
