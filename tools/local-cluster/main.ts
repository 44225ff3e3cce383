import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { messageOf } from '../../schema/app-error.ts'
import { isOurs } from './child.ts'
import { startCluster, stopCluster } from './cluster.ts'
import { type ClusterState, readState } from './state.ts'
import { versions } from './versions.ts'

const defaultDir = 'data/cluster'

interface UpOptions {
  readonly dir: string
  readonly nodes: 1 | 3
  readonly namespace: string
}

const program = new Command('cluster').description(
  `Real Kafka ${versions.kafka} and Cassandra ${versions.cassandra} on this machine, on loopback only, without Docker.`,
)

program
  .command('up')
  .description('start, and return when every node is ready')
  .option('--dir <dir>', 'configuration, data and logs', defaultDir)
  .option('--nodes <1|3>', 'brokers and Cassandra nodes; 3 take about 4 GB and 45 s', nodeCount, 1)
  .option('--namespace <name>', 'prefix of topics and name of the keyspace', 'pickstream')
  .action(async ({ dir, nodes, namespace }: UpOptions) => {
    const running = await describe(dir)
    if (running.some(({ alive }) => alive)) throw new Error(`a cluster of ${resolve(dir)} is running already`)
    console.error(`Starting in ${resolve(dir)} (the first start fetches about 120 MB of jars) ...`)
    await startCluster({ dir, nodes, namespace, detached: true, onProgress: (what) => console.error(`  ${what}`) })
    const state = await readState(resolve(dir))
    if (state) console.log(environmentOf(state))
  })

program
  .command('down')
  .description('end exactly what `up` started; the data stays')
  .option('--dir <dir>', 'the folder given to `up`', defaultDir)
  .action(async ({ dir }: { dir: string }) => {
    console.error(`Ended ${await stopCluster(dir)} processes of ${resolve(dir)}.`)
  })

program
  .command('status')
  .description('what runs where; exit code 1 when a node is not running')
  .option('--dir <dir>', 'the folder given to `up`', defaultDir)
  .action(async ({ dir }: { dir: string }) => {
    const nodes = await describe(dir)
    if (nodes.length === 0) console.log(`No cluster has been started in ${resolve(dir)}.`)
    for (const { name, address, pid, alive, logFile } of nodes) {
      console.log(`${name}  ${address}  ${alive ? `running, pid ${pid}` : 'not running'}  ${logFile}`)
    }
    if (nodes.length === 0 || nodes.some(({ alive }) => !alive)) process.exitCode = 1
  })

program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})

function nodeCount(text: string): 1 | 3 {
  if (text === '1') return 1
  if (text === '3') return 3
  throw new InvalidArgumentError(`expected 1 or 3, got "${text}"`)
}

async function describe(dir: string) {
  const state = await readState(resolve(dir))
  if (!state) return []
  const nodes = [
    ...state.kafka.map((node) => ({ ...node, name: `kafka ${node.id}`, address: `127.0.0.1:${node.port}` })),
    ...state.cassandra.map((node, index) => ({
      ...node,
      name: `cassandra ${index + 1}`,
      address: `${node.host}:${node.nativePort}`,
    })),
  ]
  return Promise.all(
    nodes.map(async (node) => ({ ...node, alive: node.pid !== undefined && (await isOurs(node.pid, node.dir)) })),
  )
}

/** To be pasted into a shell, or read by `eval "$(npm run -s cluster -- up)"`. */
const environmentOf = (state: ClusterState): string =>
  [
    'PICKSTREAM_PLATFORM=cluster',
    `PICKSTREAM_KAFKA_BROKERS=${state.brokers.join(',')}`,
    `PICKSTREAM_CASSANDRA_CONTACT_POINTS=${state.contactPoints.join(',')}`,
    `PICKSTREAM_CASSANDRA_DATA_CENTER=${state.dataCenter}`,
    `PICKSTREAM_NAMESPACE=${state.namespace}`,
  ]
    .map((line) => `export ${line}`)
    .join('\n')
