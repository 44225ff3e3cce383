import type { IncomingHttpHeaders } from 'node:http'
import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import helmet from 'helmet'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { AppError, type Issue } from '../schema/app-error.ts'
import { headersOf, statusOf } from './graphql/errors.ts'
import { checkHost } from './guard/hosts.ts'
import { bodyErrorOf, parseJsonBodies } from './json-body.ts'
import { problem, problemType } from './rest/problem.ts'

export const graphqlPath = '/graphql'
/** Operations over server-sent events. */
export const streamPath = '/graphql/stream'
/** Prefix of the REST routes. */
export const restPrefix = '/v1'
export const graphqlMethods = ['GET', 'POST'] as const

interface Options {
  readonly config: Config
  readonly logger: Logger
  /** Whether access is open, so that every client is an operator. */
  readonly open: boolean
}

/** Length of an id of 256 bytes, each percent-encoded. */
const pathParameterLengthMax = 768

/** Interval at which overdue requests are looked for; Node's default is 30 s. */
const checkConnectionsMs = 1_000

/** The HTTP server without its routes: limits, headers, and errors without internals. */
export async function createHttp({ config, logger, open }: Options): Promise<FastifyInstance> {
  const headers = securityHeaders()
  const http = Fastify({
    // Errors before a route is found; neither hooks nor error handlers see them.
    frameworkErrors: ({ message }, { url }, reply) => sendUnrouted(message, url, reply.headers(headers)),
    loggerInstance: logger.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.LIMIT_BODY_KB * 1024,
    requestTimeout: config.LIMIT_REQUEST_MS,
    routerOptions: { maxParamLength: pathParameterLengthMax },
    http: { headersTimeout: config.LIMIT_HEADERS_MS, connectionsCheckingInterval: checkConnectionsMs },
    keepAliveTimeout: 72_000, // longer than the idle time-out of usual load balancers
    return503OnClosing: false, // its answer has no code: see refuseWhenClosing
    forceCloseConnections: 'idle',
  })
  refuseWhenClosing(http)
  parseJsonBodies(http)
  http.decorateRequest('identity', null as never) // set by createAdmission
  http.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
  if (open) {
    http.addHook('onRequest', (request, _reply, done) => {
      checkHost(request.headers, config)
      done()
    })
  }
  http.addHook('onSend', ({ headers }, reply, _payload, done) => {
    if (reply.statusCode === 401) reply.header('www-authenticate', challengeFor(headers))
    done()
  })
  const anyOrigin = config.CORS_ORIGINS.includes('*')
  await http.register(cors, {
    origin: anyOrigin ? '*' : config.CORS_ORIGINS.length > 0 ? config.CORS_ORIGINS : false,
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'x-api-key',
      'apollo-require-preflight',
      'traceparent',
      'last-event-id', // EventSource needs no permission for it, fetch does
    ],
    exposedHeaders: ['date', 'retry-after'], // for clients whose clock is wrong, and for retries
    maxAge: 600,
  })
  http.setErrorHandler((error, request, reply) => {
    const { status, body } = toAnswer(bodyErrorOf(error, request, config.LIMIT_BODY_KB) ?? error)
    if (status >= 500) logger.error({ err: error }, 'a request failed with an unexpected error')
    if (error instanceof AppError) for (const [name, value] of headersOf(error)) reply.header(name, value)
    return reply.code(status).type('application/json').send(body)
  })
  http.setNotFoundHandler(({ url, method }, reply) => {
    if (![graphqlPath, streamPath].includes(url.split('?', 1)[0]!)) {
      return reply.code(404).send(refusal('NOT_FOUND', `there is nothing here; the API is at ${graphqlPath}`))
    }
    const message = `expected ${graphqlMethods.join(' or ')}, got ${method}`
    return reply.code(405).header('allow', graphqlMethods.join(', ')).send(refusal('BAD_REQUEST', message))
  })
  return http
}

/** RFC 6750, section 3: the error is named only if credentials were sent. */
const challengeFor = ({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string =>
  `Bearer realm="pickstream"${(authorization ?? apiKey) ? ', error="invalid_token"' : ''}`

/** The headers of Helmet are the same for every answer, so they are computed once. */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name] = value
    },
    removeHeader() {},
  }
  const write = helmet({
    crossOriginEmbedderPolicy: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  write(undefined as never, response as never, (error) => {
    if (error) throw error
  })
  return headers
}

/** While the server closes, rejects further requests on open connections as retriable. */
function refuseWhenClosing(http: FastifyInstance): void {
  let closing = false
  http.addHook('preClose', async () => {
    closing = true
  })
  http.addHook('onRequest', (_request, _reply, done) => {
    done(closing ? new AppError('UNAVAILABLE', { message: 'the server is stopping' }) : undefined)
  })
}

/** Answers a path that cannot be decoded, in the form of the API that it belongs to. */
function sendUnrouted(message: string, url: string, reply: FastifyReply): void {
  if (url.startsWith(`${restPrefix}/`)) {
    const members = { detail: message, code: 'BAD_USER_INPUT', retriable: false }
    void reply
      .code(400)
      .type(problemType)
      .send(JSON.stringify(problem(400, members)))
    return
  }
  void reply.code(400).type('application/json').send(refusal('BAD_USER_INPUT', message))
}

function toAnswer(error: unknown): { status: number; body: unknown } {
  if (error instanceof AppError) {
    return { status: statusOf(error), body: refusalOf(error) }
  }
  const { statusCode = 500, message, issue } = error as { statusCode?: number; message?: string; issue?: Issue }
  if (statusCode >= 500) return { status: statusCode, body: refusal('INTERNAL_SERVER_ERROR', 'internal error') }
  const details = issue && { issues: [issue] }
  return { status: statusCode, body: refusal('BAD_USER_INPUT', String(message), false, details) }
}

/** The body of an error answer outside GraphQL. */
export const refusalOf = ({ code, message, retriable, details, issues }: AppError) =>
  refusal(code, message, retriable, { ...details, ...(issues.length > 0 && { issues }) })

/** Uses the form of GraphQL errors, so that clients need to handle one form only. */
const refusal = (code: string, message: string, retriable = false, details: object = {}) => ({
  errors: [{ message, extensions: { code, retriable, ...details } }],
})
