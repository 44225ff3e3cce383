import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { RequestContext, type Services } from '../context.ts'
import type { Executor } from '../graphql/executor.ts'
import type { JsonResult } from '../graphql/json-plan.ts'
import type { Operations } from '../graphql/operations.ts'
import { createAdmission, traceOf } from '../guard/admit-request.ts'
import type { Gate } from '../guard/gate.ts'
import { createSendInTime } from '../guard/send-in-time.ts'
import type { UnsentAnswers } from '../guard/unsent.ts'
import { restPrefix } from '../http.ts'
import { bodyErrorOf } from '../json-body.ts'
import { openApiOf } from './openapi.ts'
import { type Problem, problem, problemOf, problemOfErrors, problemType } from './problem.ts'
import { createRestOperation, type RestOperation } from './rest-operation.ts'
import { type RestRoute, routes } from './routes.ts'
import { variablesOf } from './variables.ts'

export const openApiPath = '/v1/openapi.json'

interface Options extends Gate {
  readonly schema: GraphQLSchema
  readonly operations: Operations
  readonly executor: Executor
  readonly services: Services
  readonly unsent: UnsentAnswers
}

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * Adds the routes under /v1. Each executes its GraphQL document as /graphql does, with the same access rules, limits,
 * costs and causal tokens. Errors are problem details (RFC 9457).
 */
export async function addRestApi(http: FastifyInstance, options: Options): Promise<void> {
  await http.register(
    async (scope) => {
      // JSON bodies only: a form of another origin cannot send JSON without a CORS preflight.
      scope.removeContentTypeParser('text/plain')
      scope.setErrorHandler((error, request, reply) => {
        const refused = bodyErrorOf(error, request, options.services.config.LIMIT_BODY_KB)
        return sendError(refused ?? error, reply, options)
      })
      const notFound = (_request: FastifyRequest, reply: FastifyReply) =>
        send(reply, problem(404, { detail: `no route has this path; ${openApiPath} lists them`, ...codeOf(404) }))
      scope.setNotFoundHandler(notFound)
      // Needs a route, since the one of the static pages (GET /*) would match before the handler above.
      scope.get('/*', notFound)
      const prepared = new PreparedOperations(options.schema)
      for (const route of routes) addRoute(scope, route, prepared, options)
      for (const path of new Set(routes.map((route) => route.path))) refuseOtherMethods(scope, path)
      scope.get(openApiPath.slice(restPrefix.length), (_request, reply) => {
        return reply.type('application/json; charset=utf-8').send(prepared.openApi())
      })
    },
    { prefix: restPrefix },
  )
}

/** The operation of each route and the OpenAPI document, created on first use. */
class PreparedOperations {
  private readonly byRoute = new Map<RestRoute, RestOperation>()
  private document: string | undefined

  constructor(private readonly schema: GraphQLSchema) {}

  get(route: RestRoute): RestOperation {
    let operation = this.byRoute.get(route)
    if (!operation) this.byRoute.set(route, (operation = createRestOperation(this.schema, route)))
    return operation
  }

  openApi(): string {
    this.document ??= JSON.stringify(openApiOf(routes.map((route) => this.get(route))), undefined, 2)
    return this.document
  }
}

function addRoute(scope: FastifyInstance, route: RestRoute, prepared: PreparedOperations, options: Options): void {
  const { operations, executor, services, unsent } = options
  scope.route({
    method: route.method,
    url: urlOf(route.path),
    onRequest: createAdmission({ ...options, clock: services.clock }),
    onSend: createSendInTime(unsent, services.config.LIMIT_SEND_MS),
    handler(request, reply) {
      const operation = prepared.get(route)
      const variables = variablesOf(operation, inputOf(request))
      const context = new RequestContext(services, request.identity, traceOf(request.headers))
      const ready = operations.prepare(operation.document, undefined)!
      const answer = executor.answer(ready, variables, context)
      const finish = (result: JsonResult) => sendResult(result, operation, reply, options)
      return answer instanceof Promise ? answer.then(finish) : finish(answer)
    },
  })
}

const urlOf = (path: string): string => path.slice(restPrefix.length).replaceAll(/\{(\w+)\}/g, ':$1')

const inputOf = ({ params, query, body }: FastifyRequest) => ({
  path: params as Record<string, string>,
  query: query as Record<string, unknown>,
  body,
})

function refuseOtherMethods(scope: FastifyInstance, path: string): void {
  const taken = routes.filter((route) => route.path === path).map(({ method }) => method as string)
  const allowed = taken.includes('GET') ? ['HEAD', ...taken] : taken
  scope.route({
    method: allMethods.filter((method) => !allowed.includes(method)),
    url: urlOf(path),
    handler({ method }, reply) {
      const detail = `expected ${allowed.join(' or ')}, got ${method}`
      return send(reply.header('allow', allowed.join(', ')), problem(405, { detail, ...codeOf(405) }))
    },
  })
}

function sendResult(
  result: JsonResult,
  { route, field }: RestOperation,
  reply: FastifyReply,
  { services }: Options,
): FastifyReply {
  const { data, errors } = result
  if (errors || data === undefined) {
    const { problem, headers } = problemOfErrors(errors ?? [], services.logger)
    return send(reply.headers(headers), withoutArgumentName(problem, route, field.args))
  }
  const text = route.as === undefined ? data.slice(`{"${field.name}":`.length, -1) : data
  if (text === 'null') return send(reply, problem(404, { detail: 'nothing has this id', ...codeOf(404) }))
  return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(`${text}\n`)
}

/** Paths without `filter.`: in a query string the fields of a filter are parameters of their own. */
function withoutArgumentName(
  problem: Problem,
  { method }: RestRoute,
  args: readonly { readonly name: string }[],
): Problem {
  if (method !== 'GET' || !problem.issues || !args.some(({ name }) => name === 'filter')) return problem
  const shorten = (text: string) => text.replace(/^filter\./, '')
  return {
    ...problem,
    detail: shorten(problem.detail),
    issues: problem.issues.map(({ path, message }) => ({ path: shorten(path), message })),
  }
}

function sendError(error: unknown, reply: FastifyReply, { services }: Options): FastifyReply {
  if (error instanceof AppError) {
    const { problem, headers } = problemOf(error, services.logger)
    return send(reply.headers(headers), problem)
  }
  const { statusCode = 500, message, issue } = error as { statusCode?: number; message?: string; issue?: Issue }
  if (statusCode >= 500) services.logger.error({ err: error }, 'a request failed with an unexpected error')
  const detail = statusCode >= 500 ? 'internal error' : String(message)
  return send(reply, problem(statusCode, { detail, ...codeOf(statusCode), ...(issue && { issues: [issue] }) }))
}

function codeOf(status: number): { code: string; retriable: boolean } {
  if (status === 404) return { code: 'NOT_FOUND', retriable: false }
  if (status === 405) return { code: 'BAD_REQUEST', retriable: false }
  return { code: status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT', retriable: false }
}

const send = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(problem.status).type(problemType).send(JSON.stringify(problem))
