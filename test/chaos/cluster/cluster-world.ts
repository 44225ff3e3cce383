import { join } from 'node:path'
import { readConfig } from '../../../platform/config.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { openPlatform, type Platform } from '../../../platform/open-platform.ts'
import type { Cluster } from '../../../tools/local-cluster/cluster.ts'
import { startCluster } from '../../../tools/local-cluster/cluster.ts'
import { freePorts } from '../../../tools/local-cluster/ports.ts'
import type { StageName } from '../../../workers/topology.ts'
import { memoryMbOf } from '../memory.ts'
import { Program } from '../program.ts'
import { type Ports, productSettings, type Surroundings, type World } from '../world.ts'
import { NetworkProxy } from './network-proxy.ts'
import { Skews } from './skews.ts'

/** Which stages run in which process, by its name. */
export type Layout = Readonly<Record<string, readonly StageName[]>>

/** Each of the stages that a list goes through by itself. */
export const aProcessEach: Layout = {
  embed: ['embed'],
  learn: ['learn'],
  recommend: ['recommend'],
  sink: ['sink'],
  archive: ['archive'],
  rest: ['backfill', 'catalogue', 'quality', 'experiments', 'train'],
}

/** For a small machine. */
export const fewProcesses: Layout = {
  embed: ['embed', 'archive'],
  recommend: ['recommend', 'learn'],
  rest: ['backfill', 'sink', 'catalogue', 'quality', 'experiments', 'train'],
}

/** Where Kafka and Cassandra answer. */
interface Addresses {
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCenter: string
  readonly nodes: 1 | 3
}

/** The server and each stage as a process of its own, against Kafka and Cassandra. */
export class ClusterWorld implements World {
  readonly platform = 'cluster'
  readonly recoveryMsMax = 100_000
  readonly url: string
  readonly server: Program
  readonly workers: ReadonlyMap<string, Program>
  readonly skews: Skews
  private readonly settings: Readonly<Record<string, string>>
  private readonly dir: string
  private readonly say: (text: string) => void
  private extras = 0

  protected constructor(
    readonly layout: Layout,
    addresses: Addresses,
    /** The log and the store as the harness sees them, past all proxies. */
    readonly ports: Platform,
    port: number,
    surroundings: Surroundings,
  ) {
    const { dir, say } = surroundings
    this.url = `http://127.0.0.1:${port}/graphql`
    this.dir = dir
    this.say = say
    this.skews = new Skews(dir)
    this.settings = settingsFor(addresses, surroundings)
    this.server = this.program('server', 'server/main.js', [], { PICKSTREAM_PORT: String(port) })
    this.workers = new Map(Object.entries(layout).map(([name, stages]) => [name, this.worker(name, stages)]))
  }

  /** Against nodes that somebody else keeps: only the product's own processes can be hurt. */
  static async at(addresses: Addresses, surroundings: Surroundings): Promise<ClusterWorld> {
    const [port = 0] = await freePorts(1)
    const world = new ClusterWorld(
      fewProcesses,
      addresses,
      await openPorts(addresses, surroundings),
      port,
      surroundings,
    )
    await world.startProduct()
    return world
  }

  get programs(): readonly Program[] {
    return [this.server, ...this.workers.values()]
  }

  /** One more process of these stages, beside the others. */
  extra(stages: readonly StageName[]): Program {
    return this.worker(`extra-${this.extras++}`, stages)
  }

  async startProduct(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.start()))
  }

  memoryMb(): number {
    return memoryMbOf(this.programs.map(({ pid }) => pid))
  }

  async left<Result>(read: (ports: Ports) => Promise<Result>): Promise<Result> {
    await Promise.all(this.programs.map((program) => program.stop()))
    return read(this.ports)
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()))
    await this.ports.close()
  }

  private worker(name: string, stages: readonly StageName[]): Program {
    const args = stages.flatMap((stage) => ['--stage', stage])
    return this.program(name, 'workers/main.js', args, {})
  }

  private program(name: string, path: string, args: readonly string[], more: Record<string, string>): Program {
    const env = { ...this.settings, ...more, CHAOS_SKEW_FILE: this.skews.fileOf(name) }
    return new Program({ name, path, args, env, logFile: join(this.dir, `${name}.log`), onEnded: this.say })
  }
}

/** The same on three brokers and three Cassandra nodes of its own, with a proxy before each. */
export class OwnClusterWorld extends ClusterWorld {
  readonly cluster: Cluster
  readonly proxies: readonly NetworkProxy[]

  private constructor(
    nodes: { readonly cluster: Cluster; readonly proxies: readonly NetworkProxy[] },
    ...rest: [layout: Layout, addresses: Addresses, ports: Platform, port: number, surroundings: Surroundings]
  ) {
    super(...rest)
    this.cluster = nodes.cluster
    this.proxies = nodes.proxies
  }

  static async open(surroundings: Surroundings): Promise<OwnClusterWorld> {
    const { dir, say } = surroundings
    say('starting three brokers and three Cassandra nodes')
    const heaps = { kafkaHeapMb: 300, cassandraHeapMb: 500 }
    const cluster = await startCluster({ dir: join(dir, 'nodes'), nodes: 3, durable: true, proxied: true, ...heaps })
    const proxies = await Promise.all(cluster.proxiedPorts.map((door) => NetworkProxy.open(door)))
    const { dataCenter } = cluster
    const outside = (kind: 'kafka' | 'cassandra') =>
      cluster.proxiedPorts.filter((door) => door.kind === kind).map(({ outside: { host, port } }) => `${host}:${port}`)
    const proxied = { brokers: outside('kafka'), contactPoints: outside('cassandra'), dataCenter, nodes: 3 as const }
    const own = { brokers: cluster.brokers, contactPoints: cluster.contactPoints, dataCenter, nodes: 3 as const }
    const [port = 0] = await freePorts(1)
    const world = new OwnClusterWorld(
      { cluster, proxies },
      aProcessEach,
      proxied,
      await openPorts(own, surroundings),
      port,
      surroundings,
    )
    say('starting the server and the workers')
    await world.startProduct()
    return world
  }

  override async close(): Promise<void> {
    await super.close()
    await Promise.all(this.proxies.map((proxy) => proxy.close()))
    await this.cluster.stop()
  }
}

const namespace = `chaos${process.pid}`

const settingsFor = (
  { brokers, contactPoints, dataCenter, nodes }: Addresses,
  { settings }: Pick<Surroundings, 'settings'>,
) => ({
  ...productSettings,
  PICKSTREAM_PLATFORM: 'cluster',
  PICKSTREAM_NAMESPACE: namespace,
  PICKSTREAM_PARTITIONS: '3',
  PICKSTREAM_KAFKA_SESSION_MS: '6000', // so that a process that is stopped for long comes back as a zombie
  PICKSTREAM_KAFKA_BROKERS: brokers.join(','),
  PICKSTREAM_CASSANDRA_CONTACT_POINTS: contactPoints.join(','),
  PICKSTREAM_CASSANDRA_DATA_CENTER: dataCenter,
  PICKSTREAM_CASSANDRA_REPLICATION: String(nodes),
  ...settings,
})

/** Makes topics and tables too, before any process needs them. */
const openPorts = (addresses: Addresses, surroundings: Surroundings): Promise<Platform> =>
  openPlatform({ config: readConfig(settingsFor(addresses, surroundings)), logger: silentLogger, name: 'chaos' })
