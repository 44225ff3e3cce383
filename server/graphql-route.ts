import { type ApolloServer, HeaderMap } from '@apollo/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { credentialsOf, type Gate, letIn } from './access/gate.ts'
import type { Identity } from './access/identity.ts'
import { RequestContext, type Services } from './context.ts'

export const graphqlPath = '/graphql'

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
}

interface Options extends Gate {
  readonly apollo: ApolloServer<RequestContext>
  readonly services: Services
}

/** /graphql: who asks is settled, and whether they ask too much, before the body is read. */
export function addGraphqlRoute(http: FastifyInstance, { apollo, services, ...gate }: Options): void {
  http.decorateRequest('identity', null as never)
  http.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    async onRequest(request) {
      request.identity = await letIn(credentialsOf(request.raw, gate), gate, services.clock.now())
    },
    async handler(request, reply) {
      const { url, method, body, headers } = request
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: toHeaderMap(headers), body, search: searchOf(url) },
        context: async () => new RequestContext(services, request.identity, traceOf(headers)),
      })
      for (const [name, value] of answer.headers) reply.header(name, value)
      reply.code(answer.status ?? 200)
      // There is nothing else: incremental delivery is not offered.
      return answer.body.kind === 'complete' ? answer.body.string : ''
    },
  })
}

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap()
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}

function searchOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}

function traceOf({ traceparent }: FastifyRequest['headers']): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined
}
