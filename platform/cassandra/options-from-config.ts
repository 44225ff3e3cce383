import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import { readTlsFiles } from '../tls-files.ts'
import type { CassandraOptions } from './session.ts'

/**
 * Returns the options of the adapter from the settings PICKSTREAM_CASSANDRA_….
 * @throws Error naming settings that contradict each other
 */
export function cassandraOptions(config: Config, logger?: Logger): CassandraOptions {
  const {
    CASSANDRA_DATA_CENTER: dataCenter,
    CASSANDRA_REPLICATION: replication,
    CASSANDRA_SECURE_BUNDLE_FILE: secureBundleFile,
    CASSANDRA_USERNAME: username,
    CASSANDRA_PASSWORD: password,
  } = config
  const copies = typeof replication === 'number' ? { [dataCenter]: replication } : replication
  if (secureBundleFile === undefined && copies[dataCenter] === undefined) {
    const known = Object.keys(copies).join(', ')
    throw new Error(
      `PICKSTREAM_CASSANDRA_REPLICATION: expected copies in PICKSTREAM_CASSANDRA_DATA_CENTER=${dataCenter}, got copies in ${known}`,
    )
  }
  if (secureBundleFile !== undefined && config.CASSANDRA_TLS) {
    throw new Error(
      'PICKSTREAM_CASSANDRA_TLS: expected off with PICKSTREAM_CASSANDRA_SECURE_BUNDLE_FILE, got on: the bundle has its own certificates',
    )
  }
  const ssl = readTlsFiles({
    setting: 'PICKSTREAM_CASSANDRA_TLS',
    isOn: config.CASSANDRA_TLS,
    caFile: config.CASSANDRA_TLS_CA_FILE,
    certFile: config.CASSANDRA_TLS_CERT_FILE,
    keyFile: config.CASSANDRA_TLS_KEY_FILE,
  })
  return {
    contactPoints: config.CASSANDRA_CONTACT_POINTS,
    localDataCenter: dataCenter,
    keyspace: config.NAMESPACE,
    replication: copies,
    ...(secureBundleFile !== undefined && { secureBundleFile }),
    ...(ssl && { ssl }),
    ...(username !== undefined && { auth: { username, password: password ?? '' } }),
    logger,
  }
}
