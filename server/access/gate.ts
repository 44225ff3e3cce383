import type { IncomingMessage } from 'node:http'
import { AppError } from '../../schema/app-error.ts'
import type { RateLimit } from '../limits/rate.ts'
import type { Authenticator, Credentials } from './authenticator.ts'
import type { createAddressOf } from './client-address.ts'
import type { Identity } from './identity.ts'

export interface Gate {
  readonly authenticator: Authenticator
  readonly rate: RateLimit
  readonly addressOf: ReturnType<typeof createAddressOf>
}

/**
 * Who asks; every try counts, those with bad credentials for the address they come from.
 * @throws AppError UNAUTHENTICATED or RATE_LIMITED
 */
export async function letIn(credentials: Credentials, { authenticator, rate }: Gate, now: number): Promise<Identity> {
  try {
    const identity = await authenticator.identify(credentials)
    rate.take(identity, now)
    return identity
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
      rate.take({ role: 'nobody', client: `address:${credentials.address}` }, now)
    }
    throw error
  }
}

/** What a request, or the opening of a socket, says of who asks. */
export function credentialsOf(request: IncomingMessage, { addressOf }: Pick<Gate, 'addressOf'>): Credentials {
  const { authorization, 'x-api-key': apiKey } = request.headers
  return { authorization, apiKey: typeof apiKey === 'string' ? apiKey : undefined, address: addressOf(request) }
}
