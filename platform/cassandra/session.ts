import type { ConnectionOptions } from 'node:tls'
import cassandra from 'cassandra-driver'
import { type Logger, silentLogger } from '../logger.ts'
import { OutageLog } from '../outage-log.ts'
import { unavailable } from './cassandra-errors.ts'
import { InFlightLimit } from './in-flight-limit.ts'
import { SpeculativeReads } from './speculative-reads.ts'

export interface CassandraOptions {
  readonly contactPoints: readonly string[]
  readonly localDataCenter: string
  readonly keyspace: string
  /** Copies per data center of the keyspace, when it is created. Default: 1 in `localDataCenter`. */
  readonly replication?: Readonly<Record<string, number>>
  /**
   * Secure connect bundle of Astra DB, instead of `contactPoints`, `localDataCenter` and `ssl`. The keyspace must
   * exist.
   */
  readonly secureBundleFile?: string
  readonly ssl?: ConnectionOptions
  readonly auth?: { readonly username: string; readonly password: string }
  readonly logger?: Logger
  /** Maximum requests in flight. Default: 500. */
  readonly inFlightMax?: number
  /** Default: 3,000. */
  readonly readTimeoutMs?: number
  /** Delay before a read is also sent to a second replica. Default: 50. */
  readonly speculativeAfterMs?: number
}

const { consistencies, distance } = cassandra.types
const { policies } = cassandra
/**
 * With more requests in flight, latency is caused by this client's load, and speculative requests would increase it.
 */
const lowLoadInFlightMax = 32
const limits = { inFlightMax: 500, waitingMax: 10_000, waitMsMax: 10_000 }

/** The connections to the nodes; created on first use, and again after a failed attempt. */
export class Session {
  private readonly limit: InFlightLimit
  private readonly outages: OutageLog
  private connecting: Promise<cassandra.Client> | undefined
  private closed = false

  constructor(private readonly options: CassandraOptions) {
    this.limit = new InFlightLimit({ ...limits, inFlightMax: options.inFlightMax ?? limits.inFlightMax })
    this.outages = new OutageLog({ logger: options.logger ?? silentLogger, system: 'Cassandra' })
  }

  /** Executes one prepared statement. @throws AppError UNAVAILABLE */
  execute(query: string, params: unknown[], more: cassandra.QueryOptions = {}): Promise<cassandra.types.ResultSet> {
    return this.limit.run(() => this.executeNow(query, params, more))
  }

  /**
   * Executes a prepared statement for every item, within the in-flight limit. Results are in the order of the items.
   */
  all<Item, Result>(
    items: readonly Item[],
    query: string,
    paramsOf: (item: Item) => unknown[],
    pick: (result: cassandra.types.ResultSet) => Result,
  ): Promise<Result[]> {
    return this.limit.all(items, async (item) => pick(await this.executeNow(query, paramsOf(item), {})))
  }

  async client(): Promise<cassandra.Client> {
    if (this.closed) throw unavailable(new Error('the store is closed'))
    this.connecting ??= this.connect()
    return this.connecting
  }

  async close(): Promise<void> {
    this.closed = true
    this.outages.close()
    const client = await this.connecting?.catch(() => undefined)
    await client?.shutdown()
  }

  private executeNow(query: string, params: unknown[], more: cassandra.QueryOptions) {
    return this.outages.watch(this.request(query, params, more))
  }

  private async request(query: string, params: unknown[], more: cassandra.QueryOptions) {
    try {
      const client = await this.client()
      return await client.execute(query, params, { ...statementOptions, ...more })
    } catch (error) {
      throw unavailable(error)
    }
  }

  private async connect(): Promise<cassandra.Client> {
    const client = new cassandra.Client(
      clientOptions(this.options, () => this.limit.inFlightCount <= lowLoadInFlightMax),
    )
    try {
      await client.connect()
      return client
    } catch (error) {
      this.connecting = undefined
      await client.shutdown().catch(() => {})
      throw unavailable(error)
    }
  }
}

/**
 * Prepared, so that the driver finds the replica by the token. Idempotent, so that the driver retries: every write
 * has its own timestamp, so a repetition has no effect. The conditional writes of migrations override this.
 */
const statementOptions: cassandra.QueryOptions = {
  prepare: true,
  isIdempotent: true,
  consistency: consistencies.localQuorum,
}

const clientOptions = (options: CassandraOptions, isLowLoad: () => boolean): cassandra.DseClientOptions => ({
  ...(options.secureBundleFile === undefined
    ? { contactPoints: [...options.contactPoints], localDataCenter: options.localDataCenter }
    : { cloud: { secureConnectBundle: options.secureBundleFile } }),
  ...(options.ssl && { sslOptions: options.ssl }),
  ...(options.auth && { credentials: { ...options.auth } }),
  // bigint for timestamps. Without `map`, a JS Map would be stored empty.
  encoding: { useBigIntAsLong: true, map: Map, set: Set },
  pooling: { coreConnectionsPerHost: { [distance.local]: 2, [distance.remote]: 1, [distance.ignored]: 0 } },
  socketOptions: { readTimeout: options.readTimeoutMs ?? 3_000, connectTimeout: 3_000 },
  policies: {
    // The default backs off up to ten minutes, which delays the recovery after an outage.
    reconnection: new policies.reconnection.ExponentialReconnectionPolicy(1_000, 10_000, true),
    speculativeExecution: new SpeculativeReads(options.speculativeAfterMs ?? 50, isLowLoad),
  },
  monitorReporting: { enabled: false },
})
