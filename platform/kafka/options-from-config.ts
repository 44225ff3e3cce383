import { readFileSync } from 'node:fs'
import type { SASLOptions } from 'kafkajs'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import type { KafkaLogOptions } from './kafka-log.ts'

const heartbeatMsMax = 3_000

/** The settings PICKSTREAM_KAFKA_… as the adapter takes them. */
export function kafkaOptions(config: Config, clientId: string, logger?: Logger): KafkaLogOptions {
  const { KAFKA_TLS_CA_FILE: caFile } = config
  const sasl = saslOf(config)
  return {
    brokers: config.KAFKA_BROKERS,
    clientId,
    namespace: config.NAMESPACE,
    ...(config.KAFKA_TLS && { ssl: caFile === undefined ? true : { ca: readFileSync(caFile) } }),
    ...(sasl && { sasl }),
    sessionMs: config.KAFKA_SESSION_MS,
    // Two may be lost before a member is taken for dead.
    heartbeatMs: Math.min(heartbeatMsMax, config.KAFKA_SESSION_MS / 3),
    logger,
  }
}

function saslOf(config: Config): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config
  if (mechanism === undefined) return undefined
  if (username === undefined || password === undefined) {
    throw new Error(
      `PICKSTREAM_KAFKA_SASL_MECHANISM=${mechanism} needs PICKSTREAM_KAFKA_USERNAME and PICKSTREAM_KAFKA_PASSWORD`,
    )
  }
  return { mechanism, username, password } as SASLOptions
}
