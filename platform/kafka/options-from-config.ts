import type { SASLOptions } from 'kafkajs'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import { systemClock } from '../ports/clock.ts'
import { readTlsFiles } from '../tls-files.ts'
import type { KafkaLogOptions } from './kafka-log.ts'
import { type OAuthClient, oauthTokens } from './oauth-token.ts'

const heartbeatMsMax = 3_000

/**
 * Returns the options of the adapter from the settings PICKSTREAM_KAFKA_….
 * @throws Error naming the settings that are missing or contradict each other
 */
export function kafkaOptions(config: Config, clientId: string, logger?: Logger): KafkaLogOptions {
  const sasl = saslOf(config)
  const ssl = readTlsFiles({
    setting: 'PICKSTREAM_KAFKA_TLS',
    isOn: config.KAFKA_TLS,
    caFile: config.KAFKA_TLS_CA_FILE,
    certFile: config.KAFKA_TLS_CERT_FILE,
    keyFile: config.KAFKA_TLS_KEY_FILE,
  })
  return {
    brokers: config.KAFKA_BROKERS,
    clientId,
    namespace: config.NAMESPACE,
    ...(ssl && { ssl }),
    ...(sasl && { sasl }),
    sessionMs: config.KAFKA_SESSION_MS,
    // Two heartbeats may be lost before a member is evicted.
    heartbeatMs: Math.min(heartbeatMsMax, config.KAFKA_SESSION_MS / 3),
    logger,
  }
}

function saslOf(config: Config): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config
  if (mechanism === undefined) return undefined
  if (mechanism === 'oauthbearer')
    return { mechanism, oauthBearerProvider: oauthTokens(oauthClient(config), systemClock) }
  if (username === undefined || password === undefined) {
    throw new Error(
      `PICKSTREAM_KAFKA_SASL_MECHANISM=${mechanism} needs PICKSTREAM_KAFKA_USERNAME and PICKSTREAM_KAFKA_PASSWORD`,
    )
  }
  return { mechanism, username, password } as SASLOptions
}

function oauthClient({
  KAFKA_OAUTH_TOKEN_URL: tokenUrl,
  KAFKA_OAUTH_CLIENT_ID: clientId,
  KAFKA_OAUTH_CLIENT_SECRET: clientSecret,
  KAFKA_OAUTH_SCOPE: scope,
}: Config): OAuthClient {
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined) {
    const needed = ['TOKEN_URL', 'CLIENT_ID', 'CLIENT_SECRET'].map((name) => `PICKSTREAM_KAFKA_OAUTH_${name}`)
    throw new Error(`PICKSTREAM_KAFKA_SASL_MECHANISM=oauthbearer needs ${needed.join(', ')}`)
  }
  return { tokenUrl, clientId, clientSecret, ...(scope !== undefined && { scope }) }
}
