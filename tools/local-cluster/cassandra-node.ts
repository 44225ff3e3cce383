import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'

export interface CassandraNode {
  readonly host: string
  readonly dir: string
  readonly nativePort: number
  readonly storagePort: number
  /** Advertised address, with the same port, if it is that of a proxy and not `host`. */
  readonly advertisedHost?: string
}

/** Name of the only data center with SimpleSnitch. */
export const dataCenter = 'datacenter1'

/**
 * Writes the configuration. `durable: true` fsyncs every write before it is acknowledged (for tests that kill every
 * replica).
 */
export async function prepareCassandraNode(
  node: CassandraNode,
  all: readonly CassandraNode[],
  durable: boolean,
): Promise<void> {
  await mkdir(node.dir, { recursive: true })
  await writeFile(join(node.dir, 'cassandra.yaml'), stringify(settings(node, all, durable)))
  await writeFile(join(node.dir, 'logback.xml'), logback)
}

/** The arguments of `java` that run the prepared node. */
export function cassandraArguments(node: CassandraNode, lib: string, heapMb: number): string[] {
  return [
    `-Xms${heapMb}m`,
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC', // two cores and a small heap: no collector threads beside Cassandra's own
    '-Xss512k',
    ...moduleFlags,
    `-Dcassandra.config=file://${join(node.dir, 'cassandra.yaml')}`,
    `-Dcassandra.storagedir=${node.dir}`,
    `-Dlogback.configurationFile=${join(node.dir, 'logback.xml')}`,
    '-Dcassandra-foreground=yes',
    // A test cluster joins at once instead of waiting 30 s for gossip from nodes that do not exist.
    '-Dcassandra.ring_delay_ms=2000',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-cp',
    `${lib}/*`,
    'org.apache.cassandra.service.CassandraDaemon',
  ]
}

function settings(node: CassandraNode, all: readonly CassandraNode[], durable: boolean): Record<string, unknown> {
  const seed = all[0] ?? node
  return {
    cluster_name: 'pickstream',
    num_tokens: 16,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    ...(durable
      ? { commitlog_sync: 'group', commitlog_sync_group_window: '5ms' }
      : { commitlog_sync: 'periodic', commitlog_sync_period: '1000ms' }),
    data_file_directories: [join(node.dir, 'data')],
    commitlog_directory: join(node.dir, 'commitlog'),
    saved_caches_directory: join(node.dir, 'saved_caches'),
    hints_directory: join(node.dir, 'hints'),
    cdc_raw_directory: join(node.dir, 'cdc_raw'),
    listen_address: node.host,
    rpc_address: node.host,
    ...(node.advertisedHost !== undefined && { broadcast_rpc_address: node.advertisedHost }),
    native_transport_port: node.nativePort,
    storage_port: node.storagePort,
    endpoint_snitch: 'SimpleSnitch',
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: `${seed.host}:${seed.storagePort}` }],
      },
    ],
    // Names, not sizes of production: three nodes share one small machine.
    concurrent_reads: 16,
    concurrent_writes: 16,
    memtable_heap_space: '128MiB',
    memtable_offheap_space: '64MiB',
    commitlog_segment_size: '16MiB',
    // Dropping or truncating otherwise takes a snapshot of every table, and a slow disk makes schema changes time out.
    auto_snapshot: false,
  }
}

const exported = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.attach/sun.tools.attach',
  'jdk.compiler/com.sun.tools.javac.file',
]

const opened = [
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.io',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.lang',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'jdk.management/com.sun.management.internal',
  'jdk.naming.dns/com.sun.jndi.dns',
]

/** Cassandra 5.0 uses internal modules of the JDK. These are the flags of its own start script for Java 17. */
const moduleFlags = [
  '-Djdk.attach.allowAttachSelf=true',
  ...exported.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
  ...opened.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
]

const logback = `<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %level %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="console"/></root>
</configuration>
`
