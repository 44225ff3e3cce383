import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { javaCommand } from './java.ts'

export interface KafkaNode {
  readonly id: number
  readonly dir: string
  readonly port: number
  readonly controllerPort: number
  /** A separate listener for clients on `port`, which advertises `advertised`, the port of a proxy. */
  readonly clients?: { readonly port: number; readonly advertised: number }
}

const host = '127.0.0.1'
const formatMsMax = 60_000

/** Writes the configuration and formats the storage: broker and controller in one process, KRaft. */
export async function prepareKafkaNode(
  node: KafkaNode,
  all: readonly KafkaNode[],
  clusterId: string,
  lib: string,
): Promise<void> {
  await mkdir(node.dir, { recursive: true })
  await writeFile(configOf(node), render(properties(node, all)))
  await writeFile(join(node.dir, 'log4j2.properties'), log4j)
  const args = [...logFlags(node), '-Xmx128m', ...quickStart, '-cp', `${lib}/*`, 'kafka.tools.StorageTool']
  await promisify(execFile)(
    javaCommand(),
    [...args, 'format', '--ignore-formatted', '-t', clusterId, '-c', configOf(node)],
    { timeout: formatMsMax },
  )
}

/** The arguments of `java` that run the prepared node. */
export function kafkaArguments(node: KafkaNode, lib: string, heapMb: number): string[] {
  return [
    ...logFlags(node),
    `-Xms${heapMb}m`,
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC', // two cores and a small heap: no collector threads beside the broker's own
    '-cp',
    `${lib}/*`,
    'kafka.Kafka',
    configOf(node),
  ]
}

const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const configOf = (node: KafkaNode): string => join(node.dir, 'server.properties')
const logFlags = (node: KafkaNode): string[] => [`-Dlog4j2.configurationFile=${join(node.dir, 'log4j2.properties')}`]

function properties(node: KafkaNode, all: readonly KafkaNode[]): Record<string, string | number> {
  const replicas = Math.min(3, all.length)
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': all.map(({ id, controllerPort }) => `${id}@${host}:${controllerPort}`).join(','),
    listeners: [
      `PLAINTEXT://${host}:${node.port}`,
      `CONTROLLER://${host}:${node.controllerPort}`,
      ...(node.clients ? [`CLIENTS://${host}:${node.clients.port}`] : []),
    ].join(','),
    'advertised.listeners': [
      `PLAINTEXT://${host}:${node.port}`,
      ...(node.clients ? [`CLIENTS://${host}:${node.clients.advertised}`] : []),
    ].join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(node.dir, 'data'),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': replicas === 3 ? 2 : 1,
    'offsets.topic.replication.factor': replicas,
    // One coordinator partition a broker is plenty here, and the 50 of a production cluster take seconds to create.
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': replicas === 3 ? 2 : 1,
    'transaction.state.log.num.partitions': 1,
    // Members of a group are few and known; waiting for more only makes the start slow.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // A dead broker is found in 3 s instead of 9: fail-over, not the time-out, is what is tried here.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'controlled.shutdown.enable': 'true',
    'log.cleaner.backoff.ms': 1_000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.recovery.threads.per.data.dir': 1,
  }
}

const render = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

const log4j = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1} - %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`
