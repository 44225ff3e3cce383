import cassandra from 'cassandra-driver'
import { AppError } from '../../schema/app-error.ts'
import { silentLogger } from '../logger.ts'
import { unavailable } from './cassandra-errors.ts'
import type { CassandraOptions } from './session.ts'

/** Copies or nodes by data center. */
type ByDataCenter = Readonly<Record<string, number>>

export interface ReplicationFacts {
  readonly keyspace: string
  readonly localDataCenter: string
  /** Of PICKSTREAM_CASSANDRA_REPLICATION, which applies when the keyspace is created. */
  readonly configured: ByDataCenter
  /** Of the keyspace. undefined: it does not exist yet. */
  readonly existing?: ByDataCenter | undefined
  /** Nodes of the cluster, whether they are up or not. */
  readonly nodes: ByDataCenter
}

/**
 * Compares the copies of a keyspace with the nodes of the cluster. Requests need a majority of the copies in the local data
 * center (LOCAL_QUORUM), so with more copies than twice the nodes they would all fail, each with an error that names no
 * reason.
 *
 * @returns `fatal`: no request can succeed. `warnings`: an outage of fewer nodes than expected stops all requests
 */
export function replicationFaults(facts: ReplicationFacts): { fatal?: string; warnings: string[] } {
  const { keyspace, localDataCenter, configured, existing, nodes } = facts
  const copies = existing ?? configured
  const local = copies[localDataCenter] ?? 0
  const found = nodes[localDataCenter] ?? 0
  const majority = Math.floor(local / 2) + 1
  const remedy = existing
    ? `Add nodes, or change the copies: ALTER KEYSPACE ${keyspace} (docs/troubleshooting.md)`
    : 'Add nodes, or change PICKSTREAM_CASSANDRA_REPLICATION'
  const fatal = (rule: string) => ({ fatal: `keyspace ${keyspace}: ${rule}. ${remedy}`, warnings: [] })
  const unknown = Object.keys(copies).filter((dataCenter) => nodes[dataCenter] === undefined)
  if (existing === undefined && unknown.length > 0)
    return fatal(`expected data centers of ${Object.keys(nodes).join(', ')}, got ${unknown.join(', ')}`)
  if (local === 0) return fatal(`expected copies in data center ${localDataCenter}, got none`)
  if (found < majority) {
    const most = `expected at most ${found} copies in data center ${localDataCenter}, the number of its nodes`
    return fatal(`${most}, got ${local}, of which each request needs ${majority}`)
  }
  const tooMany = Object.entries(copies)
    .filter(([dataCenter, count]) => count > (nodes[dataCenter] ?? 0))
    .map(
      ([dataCenter, count]) =>
        `expected at most ${nodes[dataCenter] ?? 0} copies in data center ${dataCenter}, the number of its nodes, got ${count}`,
    )
  const tooFew = Object.entries(configured)
    .filter(([dataCenter, count]) => count > (copies[dataCenter] ?? 0))
    .map(
      ([dataCenter, count]) =>
        `PICKSTREAM_CASSANDRA_REPLICATION has ${count} copies in data center ${dataCenter}, the keyspace has ${copies[dataCenter] ?? 0}: the setting applies only when the keyspace is created`,
    )
  return { warnings: [...tooMany, ...tooFew] }
}

/** @throws AppError UNAVAILABLE if no request on the keyspace could succeed. Other differences are logged. */
export async function checkReplication(client: cassandra.Client, options: CassandraOptions): Promise<void> {
  const { keyspace, localDataCenter, replication = { [localDataCenter]: 1 }, logger = silentLogger } = options
  const nodes: Record<string, number> = {}
  for (const { datacenter } of client.hosts.values()) nodes[datacenter] = (nodes[datacenter] ?? 0) + 1
  const existing = await copiesOf(client, keyspace, localDataCenter)
  const { fatal, warnings } = replicationFaults({ keyspace, localDataCenter, configured: replication, existing, nodes })
  if (fatal !== undefined) throw new AppError('UNAVAILABLE', { message: `Cassandra: ${fatal}` })
  for (const difference of warnings)
    logger.warn({ keyspace, difference }, 'the keyspace has other copies than expected')
}

/** undefined if the keyspace does not exist. */
async function copiesOf(client: cassandra.Client, keyspace: string, localDataCenter: string) {
  const query = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?'
  const consistency = cassandra.types.consistencies.localOne
  const { rows } = await client.execute(query, [keyspace], { prepare: true, consistency }).catch((error: unknown) => {
    throw unavailable(error)
  })
  if (rows.length === 0) return undefined
  const {
    class: _,
    replication_factor: inAll,
    ...perDataCenter
  } = Object.fromEntries(rows[0]!.get('replication') as Map<string, string>)
  const copies = inAll === undefined ? perDataCenter : { [localDataCenter]: inAll }
  return Object.fromEntries(Object.entries(copies).map(([name, count]) => [name, Number.parseInt(count!, 10)]))
}
