import type { Table } from './tables.ts'

/**
 * The CQL of one table. A row has a text key and one blob. Every write sets its own timestamp (USING TIMESTAMP, see
 * platform/ports/store.ts), so the order of arrival does not matter.
 */
export function createTableCql(table: Table): string {
  const columns = [
    `${table.partitionKey} text`,
    ...(table.clusteringKey === undefined ? [] : [`${table.clusteringKey} text`]),
    `${table.value} blob`,
    `PRIMARY KEY (${primaryKeyOf(table)})`,
  ]
  const options = [
    `comment = '${table.comment.replaceAll("'", "''")}'`,
    ...(table.ttlSeconds === undefined ? [] : [`default_time_to_live = ${table.ttlSeconds}`]),
  ]
  return `CREATE TABLE IF NOT EXISTS ${table.name} (\n  ${columns.join(',\n  ')}\n) WITH ${options.join('\n  AND ')}`
}

/** The content of schema/tables.cql. */
export function tablesCql(tables: readonly Table[]): string {
  return [
    '-- Made from schema/tables.ts by `npm run schema`: change that file, not this one.',
    '-- Applied by `npm run migrate`, which puts the keyspace in front and records what it has done in schema_migrations.',
    ...tables.map((table) => `\n${createTableCql(table)};`),
    '',
  ].join('\n')
}

const primaryKeyOf = ({ partitionKey, clusteringKey }: Table): string =>
  clusteringKey === undefined ? partitionKey : `(${partitionKey}), ${clusteringKey}`
