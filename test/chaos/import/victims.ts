import { setTimeout as sleep } from 'node:timers/promises'
import type { Dice } from '../../simulator/dice.ts'
import type { OwnClusterWorld } from '../cluster/cluster-world.ts'
import type { EmbeddedWorld } from '../embedded/embedded-world.ts'

/** What is killed in the middle of an import, and started again. */
export interface Victim {
  readonly name: string
  /** Resolves once it is there again. */
  killAndRestart(): Promise<void>
}

const downMsMax = 3_000

export const embeddedVictims = ({ product }: EmbeddedWorld): readonly Victim[] => [
  {
    name: 'the one process',
    async killAndRestart() {
      await product.kill()
      await product.start()
    },
  },
]

/** The server, each worker, a broker and a Cassandra node. */
export function clusterVictims({ server, workers, cluster }: OwnClusterWorld, dice: Dice): readonly Victim[] {
  const programs = [{ name: 'the server', program: server }]
  for (const [name, program] of workers) programs.push({ name: `worker ${name}`, program })
  return [
    ...programs.map(({ name, program }) => ({
      name,
      async killAndRestart() {
        await program.kill()
        await sleep(dice.int(downMsMax))
        await program.start()
      },
    })),
    ...(['kafka', 'cassandra'] as const).map((kind) => ({
      name: kind === 'kafka' ? 'a broker' : 'a Cassandra node',
      async killAndRestart() {
        const index = dice.int(3)
        await cluster.kill(kind, index, 'SIGKILL')
        await sleep(dice.int(downMsMax))
        await cluster.restart(kind, index)
      },
    })),
  ]
}
