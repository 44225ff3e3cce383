import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../platform/ports/clock.ts'
import { AppError } from '../../schema/app-error.ts'
import { authenticateAndRateLimit, credentialsOf, type Gate } from './gate.ts'
import type { Identity } from './identity.ts'
import type { UnsentAnswers } from './unsent.ts'
import { clientOf } from './work-queues.ts'

const bodyBytesPerRequest = 32 * 1024
const unknownBodyBytes = 256 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
}

interface Options extends Gate {
  readonly clock: Clock
  readonly unsent: UnsentAnswers
  /** Whether a request without credentials is admitted. Default: none is. */
  readonly admitsNobody?: (request: FastifyRequest) => boolean
}

/**
 * Returns an onRequest hook: authenticates the client and applies the rate limit before the body is read. It sets
 * `request.identity`, or fails with AppError UNAUTHENTICATED, RATE_LIMITED or UNAVAILABLE.
 */
export function createAdmission({ clock, unsent, admitsNobody = () => false, ...gate }: Options) {
  return (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void => {
    const enter = (identity: Identity) => {
      if (identity.role === 'nobody' && !admitsNobody(request)) {
        done(new AppError('UNAUTHENTICATED', { message: 'expected a token or an API key, got none' }))
        return
      }
      request.identity = identity
      unsent.check(clientOf(identity))
      gate.rate.charge(identity, bodyRequests(request), clock.now())
      done()
    }
    try {
      const identity = authenticateAndRateLimit(credentialsOf(request.raw, gate), gate, clock.now())
      if (identity instanceof Promise) identity.then(enter).catch(done)
      else enter(identity)
    } catch (error) {
      done(error as Error)
    }
  }
}

/** Requests that parsing and coercing the body count as, charged before it is read; 256 kB if its length is unknown. */
function bodyRequests({ headers }: FastifyRequest): number {
  const bytes = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : unknownBodyBytes
  return Math.floor(bytes / bodyBytesPerRequest)
}

/** Returns the W3C traceparent of a request, if it has one. */
export function traceOf({ traceparent }: FastifyRequest['headers']): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined
}
