import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CassandraNode, cassandraArguments, dataCenter, prepareCassandraNode } from './cassandra-node.ts'
import { awaitPort, endChild, endedWithin, isAlive, isOurs, signalChild, startChild } from './child.ts'
import { resolveJars } from './jars.ts'
import { javaCommand, whyNotAvailable } from './java.ts'
import { type KafkaNode, kafkaArguments, prepareKafkaNode } from './kafka-node.ts'
import { freePorts } from './ports.ts'
import { type ClusterState, type Running, readState, writeState } from './state.ts'
import type { ServiceKind } from './versions.ts'

export interface ClusterOptions {
  /** Configuration, data and logs. A second start on the same folder continues with its data. */
  readonly dir: string
  /** Number of brokers and of Cassandra nodes. Three Cassandra nodes listen on 127.0.0.1, .2 and .3. Default: 1. */
  readonly nodes?: 1 | 3
  /** Overrides `nodes` for the brokers; 0: no Kafka. */
  readonly brokers?: 0 | 1 | 3
  readonly cassandraNodes?: 0 | 1 | 3
  /** Only recorded in the state file, for its readers. */
  readonly namespace?: string
  readonly kafkaHeapMb?: number
  readonly cassandraHeapMb?: number
  /** Cassandra fsyncs before it acknowledges, so that even the death of all replicas at once loses nothing. */
  readonly durable?: boolean
  /**
   * Whether the processes outlive this one, as for the command line; else they end when this process exits. Default:
   * false.
   */
  readonly detached?: boolean
  /**
   * Whether the nodes advertise other addresses than their own, at which the caller runs proxies:
   * Cluster.proxiedPorts. Default: false.
   */
  readonly proxied?: boolean
  readonly onProgress?: (what: string) => void
}

/** The address that clients connect to, and that of the node. */
export interface ProxiedPort {
  readonly kind: ServiceKind
  readonly index: number
  readonly outside: Address
  readonly inside: Address
}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Cluster {
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCenter: string
  /** Empty unless `proxied`. */
  readonly proxiedPorts: readonly ProxiedPort[]
  /**
   * Sends a signal to one process: SIGKILL to crash it, SIGSTOP and SIGCONT to stall it. Resolves after SIGKILL and
   * SIGTERM once it has ended.
   */
  kill(kind: ServiceKind, index: number, signal?: NodeJS.Signals): Promise<void>
  /** Starts a process that was killed, on its old data and port. Resolves when it is ready. */
  restart(kind: ServiceKind, index: number): Promise<void>
  /** Ends every process that was started here. */
  stop(): Promise<void>
}

const readyMsMax = 120_000
const graceMsMax = 15_000

/**
 * Starts Kafka and Cassandra on loopback. Resolves when every port answers; on failure it ends the processes that it
 * has started.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const why = whyNotAvailable()
  if (why !== undefined) throw new Error(why)
  const dir = resolve(options.dir)
  const logs = join(dir, 'logs')
  await mkdir(logs, { recursive: true })

  const before = await readState(dir)
  if (before && [...before.kafka, ...before.cassandra].some(({ pid }) => pid !== undefined && isAlive(pid))) {
    throw new Error(`a cluster of ${dir} is running already (or was not ended): run "down" on it first`)
  }
  const state = before ?? (await planOf(options, dir, logs))
  const planned = { kafka: brokerCountOf(options), cassandra: cassandraCountOf(options) }
  if (state.kafka.length !== planned.kafka || state.cassandra.length !== planned.cassandra) {
    throw new Error(
      `${dir} holds ${state.kafka.length} brokers and ${state.cassandra.length} Cassandra nodes, ` +
        `not ${planned.kafka} and ${planned.cassandra}: give another folder, or remove this one`,
    )
  }
  const running = new RunningCluster(dir, state, options)
  try {
    await running.startAll()
  } catch (error) {
    await running.stop()
    throw error
  }
  return running
}

/** Ends the processes in the state file of `dir` that still run. @returns their number */
export async function stopCluster(dir: string): Promise<number> {
  const state = await readState(resolve(dir))
  if (!state) return 0
  const nodes = [...state.kafka, ...state.cassandra]
  const pids: number[] = []
  for (const { pid, dir } of nodes) if (pid !== undefined && (await isOurs(pid, dir))) pids.push(pid)
  await Promise.all(pids.map((pid) => endChild(pid, graceMsMax)))
  const ended = <Node extends Running>(node: Node): Node => ({ ...node, pid: undefined })
  await writeState(resolve(dir), { ...state, kafka: state.kafka.map(ended), cassandra: state.cassandra.map(ended) })
  return pids.length
}

async function planOf(options: ClusterOptions, dir: string, logs: string): Promise<ClusterState> {
  const brokerCount = brokerCountOf(options)
  const nodeCount = cassandraCountOf(options)
  const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].slice(0, Math.max(1, nodeCount))
  const doorHosts = options.proxied ? ['127.0.1.1', '127.0.1.2', '127.0.1.3'].slice(0, nodeCount) : []
  const portsOfBroker = options.proxied ? 4 : 2
  const ports = await freePorts(portsOfBroker * brokerCount + 2, [...hosts, ...doorHosts])
  const [nativePort = 0, storagePort = 0, ...kafkaPorts] = ports
  const kafka = Array.from({ length: brokerCount }, (_, index) => {
    const at = portsOfBroker * index
    const [port = 0, controllerPort = 0, clientPort = 0, advertised = 0] = kafkaPorts.slice(at, at + portsOfBroker)
    return {
      id: index + 1,
      dir: join(dir, `kafka-${index + 1}`),
      port,
      controllerPort,
      ...(options.proxied && { clients: { port: clientPort, advertised } }),
      logFile: join(logs, `kafka-${index + 1}.log`),
    }
  })
  const cassandra = hosts.slice(0, nodeCount).map((host, index) => ({
    host,
    dir: join(dir, `cassandra-${index + 1}`),
    nativePort,
    storagePort,
    ...(options.proxied && { advertisedHost: doorHosts[index] }),
    logFile: join(logs, `cassandra-${index + 1}.log`),
  }))
  return {
    clusterId: newClusterId(),
    namespace: options.namespace ?? 'pickstream',
    brokers: kafka.map(({ port }) => `127.0.0.1:${port}`),
    contactPoints: cassandra.map(({ host, nativePort }) => `${host}:${nativePort}`),
    dataCenter,
    kafka,
    cassandra,
  }
}

function newClusterId(): string {
  const bytes = randomBytes(16)
  bytes[0] = bytes[0]! & 0x7f // no id begins with "-", which Kafka's tool would take for an option
  return bytes.toString('base64url')
}

const brokerCountOf = ({ brokers, nodes = 1 }: ClusterOptions): number => brokers ?? nodes
const cassandraCountOf = ({ cassandraNodes, nodes = 1 }: ClusterOptions): number => cassandraNodes ?? nodes

class RunningCluster implements Cluster {
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCenter: string
  private readonly kafka: (KafkaNode & Running)[]
  private readonly cassandra: (CassandraNode & Running)[]
  private readonly clusterId: string
  private readonly namespace: string
  private readonly onExit = () => this.eachPid((pid) => signalChild(pid, 'SIGKILL'))

  constructor(
    private readonly dir: string,
    state: ClusterState,
    private readonly options: ClusterOptions,
  ) {
    this.brokers = state.brokers
    this.contactPoints = state.contactPoints
    this.dataCenter = state.dataCenter
    this.clusterId = state.clusterId
    this.namespace = options.namespace ?? state.namespace
    this.kafka = state.kafka.map((node) => ({ ...node, pid: undefined }))
    this.cassandra = state.cassandra.map((node) => ({ ...node, pid: undefined }))
    if (!options.detached) process.once('exit', this.onExit)
  }

  get proxiedPorts(): readonly ProxiedPort[] {
    return [
      ...this.kafka.flatMap(({ clients }, index) => {
        if (!clients) return []
        const [inside, outside] = [clients.port, clients.advertised].map((port) => ({ host: '127.0.0.1', port }))
        return [{ kind: 'kafka' as const, index, inside: inside!, outside: outside! }]
      }),
      ...this.cassandra.flatMap(({ host, nativePort: port, advertisedHost }, index) => {
        if (advertisedHost === undefined) return []
        return [{ kind: 'cassandra' as const, index, inside: { host, port }, outside: { host: advertisedHost, port } }]
      }),
    ]
  }

  async startAll(): Promise<void> {
    const kafkaLib = this.kafka.length > 0 ? await resolveJars('kafka') : ''
    await Promise.all(this.kafka.map((node) => prepareKafkaNode(node, this.kafka, this.clusterId, kafkaLib)))
    await Promise.all(
      this.cassandra.map((node) => prepareCassandraNode(node, this.cassandra, this.options.durable ?? false)),
    )
    const started = await Promise.allSettled([
      Promise.all(this.kafka.map((_, index) => this.restart('kafka', index))),
      this.startCassandraInTurn(),
    ])
    const failed = started.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** One after another: two nodes that join a Cassandra ring at once reject each other's tokens. */
  private async startCassandraInTurn(): Promise<void> {
    for (const index of this.cassandra.keys()) await this.restart('cassandra', index)
  }

  async kill(kind: ServiceKind, index: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid } = this.nodeAt(kind, index)
    if (pid === undefined) return
    signalChild(pid, signal)
    if (signal !== 'SIGKILL' && signal !== 'SIGTERM') return
    if (!(await endedWithin(pid, graceMsMax))) throw new Error(`${kind} ${index} did not end on ${signal}`)
    await this.remember(kind, index, undefined)
  }

  async restart(kind: ServiceKind, index: number): Promise<void> {
    const node = this.nodeAt(kind, index)
    if (node.pid !== undefined && isAlive(node.pid)) await this.kill(kind, index, 'SIGTERM')
    const lib = await resolveJars(kind)
    const [host, port] = 'host' in node ? [node.host, node.nativePort] : ['127.0.0.1', node.port]
    const args =
      'host' in node
        ? cassandraArguments(node, lib, this.options.cassandraHeapMb ?? 700)
        : kafkaArguments(node, lib, this.options.kafkaHeapMb ?? 400)
    const { logFile, dir: cwd } = node
    const pid = startChild({ command: javaCommand(), args, cwd, logFile, detached: this.options.detached ?? false })
    await this.remember(kind, index, pid)
    await awaitPort(host, port, pid, logFile, readyMsMax)
    this.options.onProgress?.(`${kind} ${index + 1} is ready on ${host}:${port}`)
  }

  async stop(): Promise<void> {
    const ending: Promise<void>[] = []
    this.eachPid((pid) => ending.push(endChild(pid, graceMsMax)))
    await Promise.all(ending)
    process.off('exit', this.onExit)
    for (const list of [this.kafka, this.cassandra]) {
      for (const [index, node] of list.entries()) list[index] = { ...node, pid: undefined } as never
    }
    await this.save()
  }

  private nodeAt(kind: ServiceKind, index: number): (KafkaNode | CassandraNode) & Running {
    const node = this[kind][index]
    if (!node) throw new Error(`there is no ${kind} ${index}: the cluster has ${this[kind].length}`)
    return node
  }

  private eachPid(act: (pid: number) => void): void {
    for (const { pid } of [...this.kafka, ...this.cassandra]) if (pid !== undefined) act(pid)
  }

  private async remember(kind: ServiceKind, index: number, pid: number | undefined): Promise<void> {
    this[kind][index] = { ...this.nodeAt(kind, index), pid } as never
    await this.save()
  }

  private saving: Promise<void> = Promise.resolve()

  /** One writer at a time: the brokers start together. */
  private save(): Promise<void> {
    const { brokers, contactPoints, dataCenter, clusterId, namespace } = this
    this.saving = this.saving.then(() =>
      writeState(this.dir, {
        clusterId,
        namespace,
        brokers,
        contactPoints,
        dataCenter,
        kafka: [...this.kafka],
        cassandra: [...this.cassandra],
      }),
    )
    return this.saving
  }
}
