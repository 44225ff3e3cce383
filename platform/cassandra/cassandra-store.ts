import cassandra from 'cassandra-driver'
import { AppError } from '../../schema/app-error.ts'
import { allTables, type Table } from '../../schema/tables.ts'
import type { RangeOptions, Row, RowKey, RowWrite, Store } from '../ports/store.ts'
import { applyMigrations } from './apply-migrations.ts'
import { scanPages } from './scan.ts'
import { type CassandraOptions, Session } from './session.ts'
import { statementsOf } from './statements.ts'

const pageRowsMax = 1_000

/** Returns at once; connections are opened on first use. */
export function openCassandraStore(options: CassandraOptions): Store {
  return new CassandraStore(options)
}

/** The Store over Cassandra, for every table of schema/tables.ts. Its guarantees: platform/ports/store.ts. */
class CassandraStore implements Store {
  private readonly session: Session

  constructor(private readonly options: CassandraOptions) {
    this.session = new Session(options)
  }

  migrate(): Promise<void> {
    return applyMigrations(this.session, this.options, allTables)
  }

  /** One single-partition read per key: a multi-partition IN would put the work of all on one coordinator. */
  get(table: Table, keys: readonly RowKey[]): Promise<(Uint8Array | undefined)[]> {
    const { get } = this.statements(table)
    return this.session.all(
      keys,
      get,
      (key) => keyParams(table, key),
      (result) => result.first()?.get(table.value) ?? undefined,
    )
  }

  async put(table: Table, rows: readonly RowWrite[]): Promise<void> {
    const { put, remove } = this.statements(table)
    const writes = rows.filter(({ value }) => value !== null)
    const removals = rows.filter(({ value }) => value === null)
    await Promise.all([
      this.session.all(
        writes,
        put,
        (row) => [...keyParams(table, row), toBuffer(row.value!), row.writeTimestamp],
        () => undefined,
      ),
      this.session.all(
        removals,
        remove,
        (row) => [row.writeTimestamp, ...keyParams(table, row)],
        () => undefined,
      ),
    ])
  }

  /** Idempotent: a retry after a timeout finds the row of the first attempt if that was written. */
  async putIfAbsent(table: Table, row: RowKey & { readonly value: Uint8Array }): Promise<Uint8Array> {
    const params = [...keyParams(table, row), toBuffer(row.value)]
    const serialConsistency = cassandra.types.consistencies.localSerial
    const result = await this.session.execute(this.statements(table).putIfAbsent, params, { serialConsistency })
    const answer = result.first()
    return answer?.get('[applied]') === true ? row.value : (answer?.get(table.value) as Buffer)
  }

  async range(table: Table, partition: string, { after, limit, reverse = false }: RangeOptions): Promise<Row[]> {
    const query = this.statements(table).range({ after: after !== undefined, reverse })
    const params = [partition, ...(after === undefined ? [] : [after]), limit]
    const rows: Row[] = []
    let pageState: string | undefined
    do {
      const page = await this.session.execute(query, params, {
        fetchSize: Math.min(limit, pageRowsMax),
        ...(pageState !== undefined && { pageState }),
      })
      for (const row of page.rows) rows.push(toRow(table, row))
      pageState = page.pageState ?? undefined
    } while (pageState !== undefined && rows.length < limit)
    return rows
  }

  async erase(table: Table, partition: string, at: bigint): Promise<void> {
    await this.session.execute(this.statements(table).erase, [at, partition])
  }

  scan(table: Table, pageRows = pageRowsMax): AsyncIterable<Row[]> {
    return scanPages(this.session, this.statements(table).scan, pageRows, (row) => toRow(table, row))
  }

  close(): Promise<void> {
    return this.session.close()
  }

  private statements(table: Table) {
    return statementsOf(this.options.keyspace, table)
  }
}

function keyParams(table: Table, { partition, cluster }: RowKey): string[] {
  if ((cluster !== undefined) !== (table.clusteringKey !== undefined)) {
    const rule = table.clusteringKey === undefined ? 'has no clustering key' : `needs its ${table.clusteringKey}`
    throw new AppError('BAD_USER_INPUT', { message: `a row of ${table.name} ${rule}, got ${JSON.stringify(cluster)}` })
  }
  return cluster === undefined ? [partition] : [partition, cluster]
}

function toRow(table: Table, row: cassandra.types.Row): Row {
  const value = row.get(table.value) as Buffer
  const partition = row.get(table.partitionKey) as string
  if (table.clusteringKey === undefined) return { partition, value }
  return { partition, cluster: row.get(table.clusteringKey) as string, value }
}

/** The driver accepts only a Buffer for a blob. */
const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
