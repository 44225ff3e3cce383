import { z } from 'zod'
import { currencyCodes, currencyRule } from '../schema/currency.ts'
import { serverSettings } from './server-settings.ts'
import { flag, list, replication, whole } from './setting-types.ts'

/**
 * All settings, read once in the main files. Importing this has no effects.
 * Every variable is named PICKSTREAM_…; docs/operations.md lists them from this file.
 */
const schema = z.object({
  PLATFORM: z.enum(['embedded', 'cluster']).default('embedded'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(4000, 0, 65_535),
  DATA_DIR: z.string().min(1).default('data/pickstream'),
  NAMESPACE: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,30}$/, 'expected a lower-case letter, then letters, digits or _, at most 31 in all')
    .default('pickstream'),
  /** What is generated: a shop, or a media site. */
  DEMO: z
    .enum(['shop', 'media', 'on', 'off', 'true', 'false'])
    .default('shop')
    .transform((text) => (text === 'media' ? 'media' : text === 'off' || text === 'false' ? false : 'shop')),
  /** Of every topic keyed by user. Fixed once the topics exist; see PICKSTREAM_EPOCH. */
  PARTITIONS: z.coerce.number().int().min(1).max(1024).optional(),
  /** Raise it when the interactions topic was recreated. */
  EPOCH: whole(0, 0, 16_383),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_PRETTY: flag(false),
  /** Retention of topic interactions. Default: unlimited. */
  RETENTION_DAYS: z.coerce.number().positive().optional(),
  SHUTDOWN_MS_MAX: whole(10_000, 100, 300_000),
  KAFKA_BROKERS: list.default(['127.0.0.1:9092']),
  KAFKA_TLS: flag(false),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  /** The client's own certificate and key, PEM: mutual TLS. */
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']).optional(),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  /** OAUTHBEARER: tokens by the client credentials grant (RFC 6749, section 4.4). */
  KAFKA_OAUTH_TOKEN_URL: z.url({ protocol: /^https?$/ }).optional(),
  KAFKA_OAUTH_CLIENT_ID: z.string().optional(),
  KAFKA_OAUTH_CLIENT_SECRET: z.string().optional(),
  KAFKA_OAUTH_SCOPE: z.string().optional(),
  /** A worker without a heartbeat for this time loses its partitions to the other workers. */
  KAFKA_SESSION_MS: whole(10_000, 1_000, 300_000),
  CASSANDRA_CONTACT_POINTS: list.default(['127.0.0.1:9042']),
  CASSANDRA_DATA_CENTER: z.string().default('datacenter1'),
  /** Copies in CASSANDRA_DATA_CENTER, or per data center: dc1:3,dc2:3. */
  CASSANDRA_REPLICATION: replication.default(1),
  CASSANDRA_TLS: flag(false),
  CASSANDRA_TLS_CA_FILE: z.string().optional(),
  CASSANDRA_TLS_CERT_FILE: z.string().optional(),
  CASSANDRA_TLS_KEY_FILE: z.string().optional(),
  /** Zip file of a managed Cassandra (Astra DB): addresses, data center and certificates in one. */
  CASSANDRA_SECURE_BUNDLE_FILE: z.string().optional(),
  CASSANDRA_USERNAME: z.string().optional(),
  CASSANDRA_PASSWORD: z.string().optional(),
  /**
   * Secret from which the key of recommendation ids is derived, at least 32 characters. Default: a random key, kept
   * in the store.
   */
  ID_SECRET: z.string().min(32).optional(),
  /** File with business rules and experiments; reloaded when it changes. */
  RULES_FILE: z.string().optional(),
  /** Retrain after this many new events, and after TRAIN_MINUTES if there were any. 0: never. */
  TRAIN_EVENTS: whole(20_000, 0, 1_000_000_000),
  TRAIN_MINUTES: whole(60, 0, 525_600),
  /** Currency of prices that name none, ISO 4217. */
  CURRENCY: z
    .string()
    .refine((code) => currencyCodes.has(code), `expected ${currencyRule}`)
    .default('EUR'),
  /** Maximum new traces per second: events that are traced through all stages. 0: none. */
  TRACES_PER_SECOND: whole(5, 0, 10_000),
  /** OTLP/HTTP endpoint of a collector, for example http://127.0.0.1:4318/v1/traces. */
  OTLP_URL: z.url().optional(),
  /** Minimum distinct users with a pair of items before the pair is used in lists: 1 or 2. */
  PAIR_USERS: whole(1, 1, 2),
  /** Length of stored lists, before filters. */
  PICKS_STORED: whole(120, 20, 1000),
  ...serverSettings,
})

export type Config = z.output<typeof schema>

/** Without their prefix; docs/operations.md explains each. */
export const settingNames: readonly string[] = Object.keys(schema.shape)

const prefix = 'PICKSTREAM_'

/** Settings of the tools (address and key of the server), which may be set in the same environment. */
const toolSettings = ['PICKSTREAM_URL', 'PICKSTREAM_TOKEN']

/** @throws Error that lists every problem: name, rule and value received. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env)
      .filter(([name, value]) => name.startsWith(prefix) && !toolSettings.includes(name) && value)
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
  const problems = Object.keys(given)
    .filter((name) => !(name in schema.shape))
    .map((name) => `${prefix}${name}: no such setting`)
  // The two demos must not share a data folder.
  const defaults = given.DEMO === 'media' ? { DATA_DIR: 'data/pickstream-media' } : {}
  const parsed = schema.safeParse({ ...defaults, ...given })
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0])
      problems.push(`${prefix}${name}: ${issue.message}, got ${JSON.stringify(given[name])}`)
    }
  }
  if (problems.length > 0 || !parsed.success) throw new Error(`Configuration:\n  ${problems.join('\n  ')}`)
  return parsed.data
}
