import type { ServiceKind } from '../../../tools/local-cluster/versions.ts'
import type { Fault } from '../fault.ts'
import type { OwnClusterWorld } from './cluster-world.ts'

const kinds = { kafka: 'broker', cassandra: 'Cassandra node' } as const
const nodes = [0, 1, 2] as const

const ofEach = (make: (kind: ServiceKind, name: string) => Fault<OwnClusterWorld>): Fault<OwnClusterWorld>[] =>
  Object.entries(kinds).map(([kind, name]) => make(kind as ServiceKind, name))

/** What is done to brokers, Cassandra nodes, and the network before them. */
export const nodeFaults: readonly Fault<OwnClusterWorld>[] = [
  ...ofEach((kind, name) => ({
    name: `kill -9 ${name}`,
    weight: 2,
    holdMs: [0, 8_000],
    async strike({ cluster }, { dice }) {
      const index = dice.pick(nodes)
      await cluster.kill(kind, index, 'SIGKILL')
      return { undo: () => cluster.restart(kind, index) }
    },
  })),
  ...ofEach((kind, name) => ({
    name: `SIGSTOP ${name}`,
    weight: 1,
    holdMs: [1_000, 12_000],
    async strike({ cluster }, { dice }) {
      const index = dice.pick(nodes)
      await cluster.kill(kind, index, 'SIGSTOP')
      return { undo: () => cluster.kill(kind, index, 'SIGCONT') }
    },
  })),
  ...ofEach((kind, name) => ({
    name: `network cut to a ${name}`,
    weight: 1,
    holdMs: [1_000, 10_000],
    async strike({ proxies }, { dice }) {
      const index = dice.pick(nodes)
      const cut = proxies.filter(({ door }) => door.kind === kind && door.index === index)
      const how = dice.pick(['silence', 'reset'] as const)
      for (const proxy of cut) proxy.shut(how)
      return {
        async undo() {
          for (const proxy of cut) proxy.reopen()
        },
      }
    },
  })),
  {
    name: 'network cut to everything',
    weight: 1,
    holdMs: [1_000, 8_000],
    async strike({ proxies }, { dice }) {
      const how = dice.pick(['silence', 'reset'] as const)
      for (const proxy of proxies) proxy.shut(how)
      return {
        async undo() {
          for (const proxy of proxies) proxy.reopen()
        },
      }
    },
  },
  {
    name: 'full restart',
    weight: 1,
    holdMs: [0, 1_000],
    async strike({ cluster, programs }) {
      await Promise.all(programs.map((program) => program.kill()))
      await Promise.all(nodes.flatMap((index) => [cluster.kill('kafka', index), cluster.kill('cassandra', index)]))
      return {
        async undo() {
          await Promise.all(nodes.map((index) => cluster.restart('kafka', index)))
          for (const index of nodes) await cluster.restart('cassandra', index)
          await Promise.all(programs.map((program) => program.start()))
        },
      }
    },
  },
  {
    name: 'rolling restart',
    weight: 1,
    holdMs: [0, 100],
    async strike({ cluster, programs }) {
      return {
        async undo() {
          for (const kind of Object.keys(kinds) as ServiceKind[]) {
            for (const index of nodes) {
              // One that does not end in time is killed, as an operator's tool would.
              await cluster.kill(kind, index, 'SIGTERM').catch(() => cluster.kill(kind, index, 'SIGKILL'))
              await cluster.restart(kind, index)
            }
          }
          for (const program of programs) {
            await program.stop()
            await program.start()
          }
        },
      }
    },
  },
]
