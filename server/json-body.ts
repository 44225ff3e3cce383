import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../schema/app-error.ts'

/**
 * Parses JSON bodies, and rejects bodies whose bytes are not UTF-8. A decoder would replace invalid bytes by U+FFFD, so
 * that different ids of a client that sends Latin-1 would become the same.
 */
export function parseJsonBodies(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error')
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isUtf8(body as Buffer)) return done(refusal('UTF-8, got other bytes'))
    const text = body.toString()
    void parse(request, text, (error, value) => done(error && isJson(text) ? refusal(poisonRule) : error, value))
  })
}

const poisonRule = 'JSON without keys __proto__ and constructor.prototype'

function refusal(rule: string): AppError {
  const message = `expected ${rule}`
  return new AppError('BAD_USER_INPUT', { message: `body: ${message}`, issues: [{ path: 'body', message }] })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
