import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, type Issue, messageOf } from '../schema/app-error.ts'

/** A body of a type, an encoding or a size that the server does not read. */
class BodyError extends Error {
  constructor(
    readonly statusCode: 413 | 415,
    readonly issue: Issue,
  ) {
    super(`${issue.path}: ${issue.message}`)
  }
}

/**
 * Parses JSON bodies, and rejects bodies whose bytes are not UTF-8. A decoder would replace invalid bytes by U+FFFD, so
 * that different ids of a client that sends Latin-1 would become the same. An empty body is none: many clients send a
 * content type with every request.
 */
export function parseJsonBodies(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error')
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding']?.trim()
    if (encoding && encoding.toLowerCase() !== 'identity')
      return done(received(415, 'content-encoding', 'none', encoding))
    if (body.length === 0) return done(null, undefined)
    if (!isUtf8(body as Buffer)) return done(refusal('expected UTF-8, got other bytes'))
    const text = body.toString()
    void parse(request, text, (error, value) => done(error && refusal(reasonOf(text)), value))
  })
}

/**
 * The error of a body that is not read, with path, rule and received value.
 * @returns undefined for other errors
 */
export function bodyErrorOf(error: unknown, request: FastifyRequest, bodyKbMax: number): BodyError | undefined {
  if (error instanceof BodyError) return error
  const { statusCode } = error as { statusCode?: number }
  if (statusCode === 415) return received(415, 'content-type', 'application/json', request.headers['content-type'])
  if (statusCode !== 413) return undefined
  const message = `expected a body of at most ${bodyKbMax} kB (PICKSTREAM_LIMIT_BODY_KB), got a longer one: send fewer events or items at a time`
  return new BodyError(413, { path: 'body', message })
}

const received = (status: 415, path: string, rule: string, value: string | undefined): BodyError =>
  new BodyError(status, { path, message: `expected ${rule}, got ${JSON.stringify(value?.slice(0, 64)) ?? 'nothing'}` })

function refusal(message: string): AppError {
  return new AppError('BAD_USER_INPUT', { message: `body: ${message}`, issues: [{ path: 'body', message }] })
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text)
    return 'expected JSON without keys __proto__ and constructor.prototype'
  } catch (error) {
    return `expected JSON, got other text: ${messageOf(error)}`
  }
}
