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

/** What a request or a connection_init carries. */
export interface Credentials {
  /** `Bearer <token>` */
  readonly authorization?: string
  readonly apiKey?: string
  /** Where it comes from, for limits: an IPv4 address or an IPv6 /64. */
  readonly address: string
}

/** A token that was found good is not verified again for so long, and never beyond its end. */
const verifiedForMs = 10_000
const clockToleranceSeconds = 5

export const isAccessConfigured = (config: AccessConfig): boolean =>
  config.ACCESS_JWT_SECRET !== undefined || config.ACCESS_JWKS_URL !== undefined || config.ACCESS_API_KEYS.length > 0

/** Identifies the caller. Where no access is configured each is an operator, and the server is bound to loopback. */
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
    // Never both kinds: a public key must not be taken for a shared secret.
    this.algorithms = config.ACCESS_JWKS_URL ? ['RS256', 'PS256', 'ES256', 'EdDSA'] : ['HS256']
    this.apiKeys = new Map(
      config.ACCESS_API_KEYS.map((entry) => {
        const [name, role, hash] = entry.split(':') as [string, Role, string]
        return [hash, { name, role }]
      }),
    )
  }

  /**
   * Nobody where no credentials are given.
   * @throws AppError UNAUTHENTICATED where they are given and not good, UNAVAILABLE where the keys of tokens cannot be read
   */
  identify({ authorization, apiKey, address }: Credentials): Identity | Promise<Identity> {
    if (this.open) return { role: 'operator', client: `address:${address}` }
    if (apiKey !== undefined) return this.byApiKey(apiKey)
    if (authorization === undefined) return { role: 'nobody', client: `address:${address}` }
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw refused('expected "Bearer <token>"')
    // Tools such as Prometheus can send a key only this way; a token has two dots.
    if (token.split('.').length !== 3) return this.byApiKey(token)
    if (this.key === undefined) throw refused('tokens are not taken here')
    const known = this.verified.get(token)
    if (known && (known.expiresAt === undefined || known.expiresAt > this.now())) return known
    return this.byToken(token, this.key)
  }

  /** Compared by their hashes, so neither the time it takes nor a leaked configuration tells a key. */
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

/** What is wrong with a token, told from what is wrong with the service that publishes the keys. */
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
  // A list of one name would otherwise become that name.
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
