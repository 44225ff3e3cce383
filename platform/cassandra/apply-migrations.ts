import { createHash, randomUUID } from 'node:crypto'
import cassandra from 'cassandra-driver'
import { AppError } from '../../schema/app-error.ts'
import { createTableCql } from '../../schema/cql.ts'
import type { Table } from '../../schema/tables.ts'
import { silentLogger } from '../logger.ts'
import { systemClock } from '../ports/clock.ts'
import { unavailable } from './cassandra-errors.ts'
import { checkReplication } from './check-replication.ts'
import type { CassandraOptions, Session } from './session.ts'

interface Migration {
  readonly version: string
  readonly cql: string
}

/** The lock expires when its holder dies. One statement, with its wait for schema agreement, takes less. */
const lockSeconds = 60
const lockWaitMsMax = 3 * 60_000
const lockPollMs = 250
const lockName = 'migration'
const { consistencies } = cassandra.types

/**
 * Brings the keyspace to the schema that the code expects: creates it, then applies each migration that table
 * schema_migrations does not list yet. Several instances may run it at once: one holds the lock, the others wait.
 * @throws AppError UNAVAILABLE: not retriable if a migration was applied in another form, else retriable
 */
export async function applyMigrations(
  session: Session,
  options: CassandraOptions,
  tables: readonly Table[],
): Promise<void> {
  const { keyspace, logger = silentLogger } = options
  const client = await session.client()
  const schema = new SchemaChanges(client)
  // A managed Cassandra has its keyspaces made in its own console.
  if (options.secureBundleFile === undefined) {
    await checkReplication(client, options)
    await schema.change(createKeyspaceCql(options))
  }
  await schema.change(
    `CREATE TABLE IF NOT EXISTS ${keyspace}.schema_migrations (version text PRIMARY KEY, checksum text, applied_at timestamp)`,
  )
  await schema.change(`CREATE TABLE IF NOT EXISTS ${keyspace}.schema_lock (name text PRIMARY KEY, owner text)`)

  const migrations = tables.flatMap((table) => [creationOf(table, keyspace), ...expiryOf(table, keyspace)])
  if (await isDone(session, keyspace, migrations)) return
  const lock = await takeLock(session, keyspace)
  try {
    const applied = await appliedMigrations(session, keyspace)
    for (const migration of migrations) {
      if (applied.has(migration.version)) continue
      await lock.extend()
      await schema.change(migration.cql)
      await session.execute(
        `INSERT INTO ${keyspace}.schema_migrations (version, checksum, applied_at) VALUES (?, ?, ?)`,
        [migration.version, checksumOf(migration), new Date()],
      )
      logger.info({ keyspace, version: migration.version }, 'migration applied')
    }
  } finally {
    await lock.release()
  }
}

/** @throws AppError UNAVAILABLE, not retriable, when a migration was applied in another form */
async function isDone(session: Session, keyspace: string, migrations: readonly Migration[]): Promise<boolean> {
  const applied = await appliedMigrations(session, keyspace)
  for (const migration of migrations) {
    const checksum = applied.get(migration.version)
    if (checksum !== undefined && checksum !== checksumOf(migration)) {
      throw new AppError('UNAVAILABLE', {
        message: `keyspace ${keyspace}: migration "${migration.version}" was applied with checksum ${checksum}, expected ${checksumOf(migration)}: the keyspace belongs to another version of the program`,
        retriable: false,
      })
    }
  }
  return migrations.every(({ version }) => applied.has(version))
}

async function appliedMigrations(session: Session, keyspace: string): Promise<Map<string, string>> {
  const { rows } = await session.execute(`SELECT version, checksum FROM ${keyspace}.schema_migrations`, [])
  return new Map(rows.map((row) => [row.get('version') as string, row.get('checksum') as string]))
}

/** A table's first version is its creation. A later change of a table is a new entry, never a change of this one. */
function creationOf(table: Table, keyspace: string): Migration {
  const cql = createTableCql(table).replace(`EXISTS ${table.name} `, `EXISTS ${keyspace}.${table.name} `)
  return { version: `${table.name}.1`, cql }
}

/** The expiry of rows may change: it is set again on a table that was created with another one. */
function expiryOf({ name, ttlSeconds }: Table, keyspace: string): Migration[] {
  if (ttlSeconds === undefined) return []
  const cql = `ALTER TABLE ${keyspace}.${name} WITH default_time_to_live = ${ttlSeconds}`
  return [{ version: `${name}.expires-${ttlSeconds}`, cql }]
}

/** Covers names and types, but not the comment, which may be reworded. */
const checksumOf = ({ cql, version }: Migration): string =>
  createHash('sha256')
    .update(version + cql.slice(cql.indexOf('('), cql.indexOf(') WITH')))
    .digest('hex')
    .slice(0, 16)

export function createKeyspaceCql({
  keyspace,
  localDataCenter,
  replication = { [localDataCenter]: 1 },
}: CassandraOptions) {
  const copies = Object.entries(replication).map(([dataCenter, count]) => `, '${dataCenter}': ${count}`)
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy'${copies.join('')}}`
}

/**
 * If two nodes create the same table at once, it gets two ids, and rows of one are lost. So every instance sends its
 * changes to the same node, the first one by address that is up, and waits until all nodes agree.
 */
class SchemaChanges {
  constructor(private readonly client: cassandra.Client) {}

  async change(cql: string): Promise<void> {
    const host = this.client.hosts
      .values()
      .filter((candidate) => candidate.isUp())
      .sort((a, b) => (a.address < b.address ? -1 : 1))[0]
    const result = await this.client.execute(cql, [], { host, readTimeout: 20_000 }).catch((error: unknown) => {
      throw unavailable(error)
    })
    const { isSchemaInAgreement } = result.info as { isSchemaInAgreement?: boolean }
    if (isSchemaInAgreement === false) {
      throw new AppError('UNAVAILABLE', { message: 'Cassandra: the nodes did not reach schema agreement in time' })
    }
  }
}

async function takeLock(session: Session, keyspace: string) {
  const owner = randomUUID()
  // Conditional writes: not idempotent, so the driver must not send them twice.
  const run = (query: string, params: unknown[]) =>
    session.execute(query, params, { isIdempotent: false, serialConsistency: consistencies.localSerial })
  const table = `${keyspace}.schema_lock`
  const insert = `INSERT INTO ${table} (name, owner) VALUES (?, ?) IF NOT EXISTS USING TTL ${lockSeconds}`
  for (let waitedMs = 0; ; waitedMs += lockPollMs) {
    const answer = (await run(insert, [lockName, owner])).first()
    // `owner`: an earlier insert of this instance timed out, but was applied.
    if (answer?.get('[applied]') === true || answer?.get('owner') === owner) break
    if (waitedMs >= lockWaitMsMax) {
      throw new AppError('UNAVAILABLE', {
        message: `another instance has held the migration lock of ${keyspace} for more than ${lockWaitMsMax} ms`,
      })
    }
    await systemClock.sleep(lockPollMs)
  }
  return {
    async extend(): Promise<void> {
      const update = `UPDATE ${table} USING TTL ${lockSeconds} SET owner = ? WHERE name = ? IF owner = ?`
      if ((await run(update, [owner, lockName, owner])).first()?.get('[applied]') === true) return
      throw new AppError('UNAVAILABLE', {
        message: `the migration lock of ${keyspace} expired: a migration took longer than ${lockSeconds} s`,
      })
    },
    async release(): Promise<void> {
      await run(`DELETE FROM ${table} WHERE name = ? IF owner = ?`, [lockName, owner]).catch(() => {})
    },
  }
}
