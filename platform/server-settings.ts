import { z } from 'zod'
import { flag, list, whole } from './setting-types.ts'

const apiKey = /^[a-z0-9-]{1,64}:(service|operator):[0-9a-f]{64}$/

/** Settings of the GraphQL server: access, visibility, limits. A limit of 0 means no limit. */
export const serverSettings = {
  /** Shared secret (HS256) of shoppers' tokens, at least 32 characters. */
  ACCESS_JWT_SECRET: z.string().min(32).optional(),
  /** URL of the public keys of tokens (JWKS), instead of a secret. */
  ACCESS_JWKS_URL: z.url().optional(),
  ACCESS_JWT_ISSUER: z.string().optional(),
  ACCESS_JWT_AUDIENCE: z.string().optional(),
  /** `name:service:sha256` or `name:operator:sha256`, the hash in hex; `npm run api-key` makes one. */
  ACCESS_API_KEYS: list
    .refine((keys) => keys.every((key) => apiKey.test(key)), 'expected name:service|operator:sha256 in hex, by comma')
    .default([]),
  /** Introspection and the explorer page. Default: only while access is open. */
  EXPLORER: z.enum(['on', 'off']).optional(),
  /** Names under which the server may be reached while access is open, beside localhost and loopback addresses. */
  ALLOWED_HOSTS: list.default([]),
  /** Other origins whose pages may send requests; `*` for all. */
  CORS_ORIGINS: list.default([]),
  /** Whether the server can be composed as a subgraph of Apollo Federation. */
  FEDERATION: flag(false),
  /** `listed`: only documents of OPERATIONS_FILE are run. */
  OPERATIONS: z.enum(['any', 'listed']).default('any'),
  /** Manifests of persisted documents, by comma: of graphql-codegen, Relay or Apollo, or a JSON list of documents. */
  OPERATIONS_FILE: list.default([]),
  /** Addresses of proxies whose X-Forwarded-For is trusted. */
  TRUSTED_PROXIES: list.default([]),
  /** A list ranked longer ago than this, in the log's time, is refreshed when its visitor comes back. 0: never. */
  STALE_MINUTES: whole(30, 0, 525_600),
  CACHE_MB: whole(64, 1, 65_536),
  /** Partitions of topic lists that a server follows: `all`, or those of the users it serves. */
  LIST_PARTITIONS: z.enum(['all', 'own']).default('all'),
  RETRAIN_MS_MAX: whole(600_000, 1_000, 3_600_000),
  LIMIT_BODY_KB: whole(2_048, 1, 65_536),
  LIMIT_TOKENS: whole(5_000, 100, 1_000_000),
  LIMIT_DEPTH: whole(12, 3, 100),
  LIMIT_ALIASES: whole(60, 1, 10_000),
  LIMIT_DIRECTIVES: whole(60, 1, 10_000),
  /** Maximum cost of one operation in rows (server/guard/cost-limit.ts): 20 lists of 100 picks cost about 4,000. */
  LIMIT_COST: whole(5_000, 1, 10_000_000),
  /** Requests per second of one shopper, or of one address without a token, with bursts of ten seconds' worth. */
  LIMIT_RATE: whole(50, 0, 1_000_000),
  /** The same for one service or operator. */
  LIMIT_RATE_SERVICE: whole(0, 0, 1_000_000),
  /** Size of one answer. */
  LIMIT_ANSWER_KB: whole(8_192, 16, 1_048_576),
  /** A client that has not read its answer after this time is disconnected. */
  LIMIT_SEND_MS: whole(30_000, 100, 600_000),
  /** TCP connections, WebSockets among them; at most 80 % of the open files that the process may have. */
  LIMIT_CONNECTIONS: whole(25_000, 1, 1_000_000),
  /** Of one address (of IPv6: a /64), trusted proxies aside; not applied while access is open. */
  LIMIT_CONNECTIONS_PER_CLIENT: whole(250, 0, 1_000_000),
  /** A connection that has not sent the headers of a request after this time is closed. */
  LIMIT_HEADERS_MS: whole(10_000, 100, 600_000),
  LIMIT_SOCKETS: whole(20_000, 1, 1_000_000),
  /** Of one shopper or address; not applied while access is open. */
  LIMIT_SOCKETS_PER_CLIENT: whole(20, 0, 1_000_000),
  LIMIT_SUBSCRIPTIONS_PER_SOCKET: whole(20, 1, 1_000),
  /** A socket without a subscription is closed after this time. */
  LIMIT_SOCKET_IDLE_MS: whole(120_000, 100, 86_400_000),
  LIMIT_INIT_MS: whole(5_000, 100, 60_000),
  LIMIT_REQUEST_MS: whole(60_000, 1_000, 600_000),
  KEEP_ALIVE_MS: whole(30_000, 100, 600_000),
  METRICS: flag(true),
}
