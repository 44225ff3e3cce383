import { readFileSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import type { CassandraOptions } from './session.ts'

/** The settings PICKSTREAM_CASSANDRA_… as the adapter takes them. */
export function cassandraOptions(config: Config, logger?: Logger): CassandraOptions {
  const { CASSANDRA_TLS_CA_FILE: caFile, CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password } = config
  return {
    contactPoints: config.CASSANDRA_CONTACT_POINTS,
    localDataCenter: config.CASSANDRA_DATA_CENTER,
    keyspace: config.NAMESPACE,
    replicationFactor: config.CASSANDRA_REPLICATION,
    ...(config.CASSANDRA_TLS && {
      ssl: { rejectUnauthorized: true, ...(caFile !== undefined && { ca: readFileSync(caFile) }) },
    }),
    ...(username !== undefined && { auth: { username, password: password ?? '' } }),
    logger,
  }
}
