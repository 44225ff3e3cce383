import type { Table } from '../../schema/tables.ts'

/** CQL statements of one table in one keyspace. The texts are constant per table, so each is prepared once. */
export interface Statements {
  readonly get: string
  readonly put: string
  readonly putIfAbsent: string
  readonly remove: string
  readonly erase: string
  readonly scan: string
  range(options: { after: boolean; reverse: boolean }): string
}

const cache = new Map<string, Statements>()

export function statementsOf(keyspace: string, table: Table): Statements {
  const name = `${keyspace}.${table.name}`
  const known = cache.get(name)
  if (known) return known
  const made = make(name, table)
  cache.set(name, made)
  return made
}

function make(name: string, { partitionKey, clusteringKey, value }: Table): Statements {
  const keys = clusteringKey === undefined ? [partitionKey] : [partitionKey, clusteringKey]
  const where = keys.map((key) => `${key} = ?`).join(' AND ')
  const columns = [...keys, value]
  return {
    get: `SELECT ${value} FROM ${name} WHERE ${where}`,
    put: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) USING TIMESTAMP ?`,
    putIfAbsent: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) IF NOT EXISTS`,
    remove: `DELETE FROM ${name} USING TIMESTAMP ? WHERE ${where}`,
    erase: `DELETE FROM ${name} USING TIMESTAMP ? WHERE ${partitionKey} = ?`,
    scan: `SELECT ${columns.join(', ')} FROM ${name} WHERE token(${partitionKey}) > ? AND token(${partitionKey}) <= ?`,
    range: ({ after, reverse }) =>
      `SELECT ${columns.join(', ')} FROM ${name} WHERE ${partitionKey} = ?` +
      `${after ? ` AND ${clusteringKey} ${reverse ? '<' : '>'} ?` : ''}` +
      ` ORDER BY ${clusteringKey} ${reverse ? 'DESC' : 'ASC'} LIMIT ?`,
  }
}
