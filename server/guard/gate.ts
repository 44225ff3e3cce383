import type { IncomingMessage } from 'node:http'
import { AppError } from '../../schema/app-error.ts'
import type { Authenticator, Credentials } from './authenticator.ts'
import { type createAddressOf, networkOf } from './client-address.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'

export interface Gate {
  readonly authenticator: Authenticator
  readonly rate: RateLimit
  readonly addressOf: ReturnType<typeof createAddressOf>
}

/**
 * Identifies the caller; synchronously if no signature of a token has to be verified. Every attempt counts for the rate
 * limit; one with invalid credentials counts for its address.
 * @throws AppError UNAUTHENTICATED, RATE_LIMITED, or UNAVAILABLE if the keys of tokens cannot be read
 */
export function authenticateAndRateLimit(
  credentials: Credentials,
  { authenticator, rate }: Gate,
  now: number,
): Identity | Promise<Identity> {
  const take = (identity: Identity): Identity => {
    rate.take(identity, now)
    return identity
  }
  const refuse = (error: unknown): never => {
    if (error instanceof AppError) {
      rate.take({ role: 'nobody', client: `address:${credentials.address}` }, now)
    }
    throw error
  }
  let identity: Identity | Promise<Identity>
  try {
    identity = authenticator.identify(credentials)
  } catch (error) {
    return refuse(error)
  }
  return identity instanceof Promise ? identity.catch(refuse).then(take) : take(identity)
}

/** Credentials of a request, or of the opening of a socket. */
export function credentialsOf(request: IncomingMessage, { addressOf }: Pick<Gate, 'addressOf'>): Credentials {
  const { authorization, 'x-api-key': apiKey } = request.headers
  return {
    authorization,
    apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    address: networkOf(addressOf(request)),
  }
}
