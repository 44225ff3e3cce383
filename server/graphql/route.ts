import { type ApolloServer, HeaderMap } from '@apollo/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLError } from 'graphql'
import { RequestContext, type Services } from '../context.ts'
import type { Explorer } from '../explorer/explorer.ts'
import { createAdmission, traceOf } from '../guard/admit-request.ts'
import type { Gate } from '../guard/gate.ts'
import { createSendInTime } from '../guard/send-in-time.ts'
import type { UnsentAnswers } from '../guard/unsent.ts'
import { graphqlMethods, graphqlPath } from '../http.ts'
import type { DocumentLookup } from './document-lookup.ts'
import { formatErrors } from './errors.ts'
import type { Executor } from './executor.ts'
import type { JsonResult } from './json-plan.ts'
import type { KnownRequests } from './known-requests.ts'

/** Where the document and variables of a request are: in the body of a POST, or in the query string of a GET. */
interface Parameters {
  readonly body: unknown
  readonly search: string
}

interface Options extends Gate {
  readonly apollo: ApolloServer<RequestContext>
  readonly known: KnownRequests
  readonly lookup: DocumentLookup
  readonly executor: Executor
  readonly services: Services
  /** Page for browsers. Default: they get an error. */
  readonly explorer: Explorer | undefined
  readonly unsent: UnsentAnswers
}

/**
 * /graphql. The client is authenticated and rate limited before the body is read. New requests go through Apollo.
 * Requests that Apollo has checked before are executed at once, with the same answer.
 */
export function addGraphqlRoute(http: FastifyInstance, options: Options): void {
  const { apollo, known, lookup, executor, services, explorer, unsent, ...gate } = options
  http.route({
    method: [...graphqlMethods],
    url: graphqlPath,
    onRequest: createAdmission({
      ...gate,
      clock: services.clock,
      unsent,
      admitsNobody: (request) => explorer?.isWanted(request) ?? false,
    }),
    onSend: createSendInTime(unsent, services.config.LIMIT_SEND_MS),
    handler(request, reply) {
      if (explorer?.isWanted(request)) return explorer.send(reply)
      const { method, headers } = request
      const { body, search, error } = withDocument(request)
      if (error)
        return reply.type('application/json; charset=utf-8').send(toText({ data: undefined, errors: [error] }, reply))
      const contentType = method === 'POST' ? known.contentTypeFor(headers.accept) : undefined
      const found = contentType && known.find(body)
      if (!contentType || !found) return throughApollo(request, { body, search }, reply)
      reply.header('content-type', contentType)
      const answer = executor.answer(found.operation, found.variables, contextOf(request))
      if (answer instanceof Promise) return answer.then((late) => toText(late, reply))
      return reply.send(toText(answer, reply))
    },
  })

  const contextOf = ({ identity, headers }: FastifyRequest) => new RequestContext(services, identity, traceOf(headers))

  /** Replaces a `documentId` by the text of the document. */
  function withDocument({ method, url, body, query }: FastifyRequest): Parameters & { error?: GraphQLError } {
    const search = searchOf(url)
    const given = (method === 'POST' ? body : query) as Record<string, unknown> | undefined
    if (given?.documentId == null) return { body, search }
    const text = lookup.find(given)
    if (typeof text !== 'string') return { body, search, error: text }
    if (method === 'POST') return { body: { ...given, query: text }, search }
    const parameters = new URLSearchParams(search)
    parameters.delete('documentId')
    parameters.set('query', text)
    return { body, search: `?${parameters}` }
  }

  async function throughApollo(
    request: FastifyRequest,
    { body, search }: Parameters,
    reply: FastifyReply,
  ): Promise<string> {
    const { method, headers } = request
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: toHeaderMap(headers), body, search },
      context: async () => contextOf(request),
    })
    if (answer.status === undefined) known.rememberContentType(headers.accept, answer.headers.get('content-type'))
    for (const [name, value] of answer.headers) reply.header(name, value)
    reply.code(answer.status ?? 200)
    // The only supported form: incremental delivery is not offered.
    return answer.body.kind === 'complete' ? answer.body.string : ''
  }

  function toText({ data, errors }: JsonResult, reply: FastifyReply): string {
    if (!errors) return `{"data":${data}}\n`
    const { formatted, status, headers } = formatErrors(errors, services.logger)
    reply.headers(headers)
    reply.code(status ?? (data === undefined ? 400 : 200))
    return `{"errors":${JSON.stringify(formatted)}${data === undefined ? '' : `,"data":${data}`}}\n`
  }
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
