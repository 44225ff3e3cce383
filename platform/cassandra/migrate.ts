import { messageOf } from '../../schema/app-error.ts'
import { readConfig } from '../config.ts'
import { createLogger } from '../logger.ts'
import { openCassandraStore } from './cassandra-store.ts'
import { cassandraOptions } from './options-from-config.ts'

/** `npm run migrate`: brings the keyspace to the schema that the code expects, then exits. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config, 'migrate')
  const store = openCassandraStore(cassandraOptions(config, logger))
  try {
    await store.migrate()
    logger.info({ keyspace: config.NAMESPACE }, 'the keyspace is up to date')
  } finally {
    await store.close()
  }
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1) // the driver may still try to connect
})
