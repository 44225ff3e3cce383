import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticator } from './access/authenticator.ts'
import type { Identity } from './access/identity.ts'
import { RequestContext, type Services } from './context.ts'
import type { RateLimit } from './limits/rate.ts'

export const graphqlPath = '/graphql'

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
}

interface Options {
  readonly apollo: ApolloServer<RequestContext>
  readonly services: Services
  readonly authenticator: Authenticator
  readonly rate: RateLimit
}

/** /graphql: who asks is settled, and whether they ask too much, before the body is read. */
export function addGraphqlRoute(http: FastifyInstance, { apollo, services, authenticator, rate }: Options): void {
  const { clock } = services

  http.decorateRequest('identity', null as never)
  http.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    async onRequest(request) {
      const { authorization } = request.headers
      const address = request.ip
      const identity = authenticator.identify({ authorization, apiKey: apiKeyOf(request), address })
      request.identity = identity instanceof Promise ? await identity : identity
      rate.take(request.identity, clock.now())
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => new RequestContext(services, request.identity, traceOf(request)),
    }),
  })
}

function apiKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['x-api-key']
  return typeof key === 'string' ? key : undefined
}

function traceOf({ headers: { traceparent } }: FastifyRequest): string | undefined {
  return typeof traceparent === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)
    ? traceparent
    : undefined
}
