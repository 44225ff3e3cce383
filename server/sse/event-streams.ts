import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../schema/app-error.ts'
import { cutJson } from '../../schema/cut-text.ts'
import { continuedIn, parseRevision } from '../../schema/revision.ts'
import { createAdmission, traceOf } from '../guard/admit-request.ts'
import { credentialsOf } from '../guard/gate.ts'
import { checkOrigin } from '../guard/origins.ts'
import type { UnsentAnswers } from '../guard/unsent.ts'
import { clientOf } from '../guard/work-queues.ts'
import { graphqlMethods, streamPath } from '../http.ts'
import type { OpenConnections } from '../push/open-connections.ts'
import { type OperationDeps, type OperationPayload, startOperation } from '../push/start-operation.ts'
import { EventStream } from './event-stream.ts'

interface Options {
  readonly deps: OperationDeps
  readonly connections: OpenConnections
  readonly unsent: UnsentAnswers
}

/** Maximum delay of a timer. */
const timerMsMax = 2 ** 31 - 1

/** Operations over server-sent events at /graphql/stream, for networks that block WebSockets. */
export class EventStreams {
  private readonly open = new Set<EventStream>()
  private readonly heartbeats: NodeJS.Timeout
  private closing = false

  constructor(private readonly options: Options) {
    this.heartbeats = setInterval(() => {
      for (const stream of this.open) stream.beat()
    }, options.deps.services.config.KEEP_ALIVE_MS)
    this.heartbeats.unref()
  }

  get size(): number {
    return this.open.size
  }

  addRoute(http: FastifyInstance): void {
    const { deps, unsent } = this.options
    http.route({
      method: [...graphqlMethods],
      url: streamPath,
      exposeHeadRoute: false,
      onRequest: createAdmission({ ...deps.gate, clock: deps.services.clock, unsent }),
      handler: (request, reply) => this.start(request, reply),
    })
  }

  /** Ends every stream without `complete`, so that its client reconnects, to another server. */
  close(): void {
    this.closing = true
    clearInterval(this.heartbeats)
    for (const stream of this.open) stream.end()
  }

  private start(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { deps, connections } = this.options
    const { config, clock, logger } = deps.services
    if (this.closing) throw new AppError('UNAVAILABLE', { message: 'the server is stopping' })
    checkOrigin(request.headers, config.CORS_ORIGINS)
    checkAccept(request.headers.accept)
    const payload = payloadOf(request)
    const since = continuedIn(deps.services.timeline, lastEventIdOf(request))
    const { identity } = request
    const { address } = credentialsOf(request.raw, deps.gate)
    connections.check(address)
    const counted = connections.open(address)
    if (!counted.claim(identity)) {
      counted.close()
      throw new AppError('RATE_LIMITED', { message: 'expected fewer sockets and event streams of one shopper' })
    }

    const headers = reply.getHeaders() as Record<string, string>
    reply.hijack()
    const count = (bytes: number) => this.countAnswer(request, reply, bytes)
    const stream = new EventStream(reply.raw, { logger, headers, count })
    this.open.add(stream)
    const expiry =
      identity.expiresAt === undefined
        ? undefined
        : setTimeout(() => stream.end(), Math.min(timerMsMax, Math.max(0, identity.expiresAt - clock.now())))
    reply.raw.once('close', () => {
      clearTimeout(expiry)
      stream.end()
      this.open.delete(stream)
      counted.close()
    })
    const admit = () => identity
    const caller = { admit, socket: stream, since, trace: traceOf(request.headers), readOnly: request.method === 'GET' }
    startOperation(stream, payload, caller, deps)
    return reply
  }

  /** Counts one answer until the client has read it. A client that takes longer than LIMIT_SEND_MS is disconnected. */
  private countAnswer({ identity }: FastifyRequest, { raw }: FastifyReply, bytes: number): (() => void) | undefined {
    const { unsent, deps } = this.options
    if (!unsent.hasRoom(clientOf(identity))) return undefined
    const sent = unsent.add(identity.client, bytes)
    const timer = setTimeout(() => raw.destroy(), deps.services.config.LIMIT_SEND_MS)
    return () => {
      clearTimeout(timer)
      sent()
    }
  }
}

function checkAccept(accept: string | undefined): void {
  if (accept === undefined || /text\/event-stream|text\/\*|\*\/\*/.test(accept)) return
  throw badRequest('accept', `expected accept: text/event-stream, got ${JSON.stringify(accept.slice(0, 80))}`)
}

/** @throws AppError BAD_USER_INPUT where the body or the query string is not a GraphQL request */
function payloadOf({ method, body, query }: FastifyRequest): OperationPayload {
  const given = method === 'POST' ? body : fromQueryString(query as Record<string, unknown>)
  if (!isRecord(given)) throw badRequest('body', 'expected a JSON object with query or documentId')
  const { query: text, documentId, extensions, variables, operationName } = given
  if (typeof text !== 'string' && (documentId ?? extensions) == null) {
    throw badRequest('query', `expected a GraphQL document, got ${shown(text)}`)
  }
  if (variables != null && !isRecord(variables)) {
    throw badRequest('variables', `expected an object, got ${shown(variables)}`)
  }
  if (operationName != null && typeof operationName !== 'string') {
    throw badRequest('operationName', `expected a string, got ${shown(operationName)}`)
  }
  return { ...given, variables: variables as OperationPayload['variables'], operationName }
}

function fromQueryString(given: Record<string, unknown>): Record<string, unknown> {
  const json = (name: string) => {
    const text = given[name]
    if (typeof text !== 'string' || text === '') return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw badRequest(name, `expected JSON, got ${shown(text)}`)
    }
  }
  return { ...given, variables: json('variables'), extensions: json('extensions') }
}

/**
 * @throws AppError BAD_USER_INPUT if it is not a revision: a text that sorts above all revisions would block every list
 */
function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id']
  if (id === undefined || id === '') return undefined
  if (typeof id === 'string' && parseRevision(id) !== undefined) return id
  throw badRequest('Last-Event-ID', `expected a revision as lists carry it, got ${shown(id)}`)
}

function badRequest(path: string, message: string): AppError {
  return new AppError('BAD_USER_INPUT', { message, issues: [{ path, message }] })
}

const shown = (value: unknown): string => cutJson(value, 80) ?? 'nothing'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
