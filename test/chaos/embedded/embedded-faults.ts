import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { poison } from '../poison.ts'
import { retrain } from '../retrain.ts'
import type { EmbeddedWorld } from './embedded-world.ts'

const nothing = async () => {}
const hour = 3_600_000

/** What is done to the one-process start. */
export const embeddedFaults: readonly Fault<EmbeddedWorld>[] = [
  {
    name: 'kill -9',
    weight: 8,
    holdMs: [0, 300],
    async strike({ product }) {
      await product.kill()
      return { undo: async () => void (await product.start()) }
    },
  },
  {
    name: 'kill -9 while it starts',
    weight: 6,
    holdMs: [0, 100],
    async strike({ product }, { dice }) {
      const times = dice.between(2, 4)
      await product.kill()
      for (let n = 1; n < times; n++) {
        product.startSoon()
        await sleep(dice.between(50, 1_200))
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
