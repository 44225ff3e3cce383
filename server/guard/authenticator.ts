import { createHash } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Config } from '../../platform/config.ts'
import { AppError } from '../../schema/app-error.ts'
import type { Identity, Role } from './identity.ts'

type AccessConfig = Pick<
  Config,
  'ACCESS_JWT_SECRET' | 'ACCESS_JWKS_URL' | 'ACCESS_JWT_ISSUER' | 'ACCESS_JWT_AUDIENCE' | 'ACCESS_API_KEYS'
>

/** Credentials of a request or of a connection_init. */
export interface Credentials {
  /** `Bearer <token>` */
  readonly authorization?: string
  readonly apiKey?: string
  /** Network of the client, for limits: an IPv4 address or an IPv6 /64. */
  readonly address: string
}

/** How long a valid token is not verified again, at most until it expires. */
const verifiedForMs = 10_000
const clockToleranceSeconds = 5

export const isAccessConfigured = (config: AccessConfig): boolean =>
  config.ACCESS_JWT_SECRET !== undefined || config.ACCESS_JWKS_URL !== undefined || config.ACCESS_API_KEYS.length > 0

/**
 * Identifies the caller. Without access configured, every caller is an operator, and the server listens on loopback
 * only.
 */
export class Authenticator {
  readonly open: boolean
  private readonly key: Uint8Array | JWTVerifyGetKey | undefined
  private readonly algorithms: string[]
  private readonly apiKeys: ReadonlyMap<string, { name: string; role: Role }>
  private readonly verified = new LRUCache<string, Identity>({ max: 10_000, ttl: verifiedForMs })

  constructor(
    private readonly config: AccessConfig,
    private readonly now: () => number,
  ) {
    this.open = !isAccessConfigured(config)
    this.key = config.ACCESS_JWKS_URL
      ? createRemoteJWKSet(new URL(config.ACCESS_JWKS_URL))
      : config.ACCESS_JWT_SECRET === undefined
        ? undefined
        : new TextEncoder().encode(config.ACCESS_JWT_SECRET)
    // Only one kind of key at a time: a public key must not be used as a shared secret.
    this.algorithms = config.ACCESS_JWKS_URL ? ['RS256', 'PS256', 'ES256', 'EdDSA'] : ['HS256']
    this.apiKeys = new Map(
      config.ACCESS_API_KEYS.map((entry) => {
        const [name, role, hash] = entry.split(':') as [string, Role, string]
        return [hash, { name, role }]
      }),
    )
  }

  /**
   * Returns role nobody if there are no credentials.
   * @throws AppError UNAUTHENTICATED for invalid credentials, UNAVAILABLE if the keys of tokens cannot be read
   */
  identify({ authorization, apiKey, address }: Credentials): Identity | Promise<Identity> {
    if (this.open) return { role: 'operator', client: `address:${address}` }
    if (apiKey !== undefined) return this.byApiKey(apiKey)
    if (authorization === undefined) return { role: 'nobody', client: `address:${address}` }
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw refused('expected "Bearer <token>"')
    // Tools such as Prometheus can send a key only as a bearer token; a JWT has two dots.
    if (token.split('.').length !== 3) return this.byApiKey(token)
    if (this.key === undefined) throw refused('tokens are not taken here')
    const known = this.verified.get(token)
    if (known && (known.expiresAt === undefined || known.expiresAt > this.now())) return known
    return this.byToken(token, this.key)
  }

  /**
   * Compares keys by their hashes, so that neither the time of the comparison nor a leaked configuration discloses a
   * key.
   */
  private byApiKey(apiKey: string): Identity {
    const known = this.apiKeys.get(createHash('sha256').update(apiKey).digest('hex'))
    if (!known) throw refused('neither a token nor a known API key')
    return { role: known.role, client: `key:${known.name}` }
  }

  private async byToken(token: string, key: Uint8Array | JWTVerifyGetKey): Promise<Identity> {
    const options = {
      algorithms: this.algorithms,
      issuer: this.config.ACCESS_JWT_ISSUER,
      audience: this.config.ACCESS_JWT_AUDIENCE,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(this.now()),
      requiredClaims: ['sub', 'exp'],
    }
    try {
      const { payload } = await (typeof key === 'function'
        ? jwtVerify(token, key, options)
        : jwtVerify(token, key, options))
      const identity = toIdentity(payload)
      this.verified.set(token, identity)
      return identity
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      if (typeof key === 'function' && !(cause instanceof errors.JOSEError && tokenErrors.has(cause.code))) {
        throw new AppError('UNAVAILABLE', { message: 'the keys that tokens are verified with cannot be read', cause })
      }
      throw refused('the token is not valid', cause)
    }
  }
}

/** Distinguishes an invalid token from a failure of the service that publishes the keys. */
const tokenErrors: ReadonlySet<string> = new Set([
  errors.JWTExpired.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTInvalid.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
])

const roles: readonly unknown[] = ['shopper', 'service', 'operator']

function toIdentity({ sub, exp, role = 'shopper', guest }: JWTPayload): Identity {
  if (!roles.includes(role)) throw refused('the token names a role that does not exist')
  // A list with one name would otherwise be taken for that name.
  if (typeof sub !== 'string' || sub === '') throw refused('expected text as sub of the token')
  return {
    role: role as Role,
    ...(role === 'shopper' && { userId: sub }),
    ...(role === 'shopper' && typeof guest === 'string' && { guestId: guest }),
    client: `${role}:${createHash('sha256').update(sub).digest('base64url').slice(0, 16)}`,
    expiresAt: Number(exp) * 1_000,
  }
}

const refused = (message: string, cause?: unknown) => new AppError('UNAUTHENTICATED', { message, cause })
