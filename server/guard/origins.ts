import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../schema/app-error.ts'

/**
 * Checks the page that opens a socket: browsers let any page open one, so the server has to look. Clients that are no pages
 * send no origin; pages of the server's own host and of the configured origins may.
 * @throws AppError FORBIDDEN
 */
export function checkOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): void {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new AppError('FORBIDDEN', {
    message: `Origin: expected the server's own or one of PICKSTREAM_CORS_ORIGINS, got ${JSON.stringify(origin.slice(0, 256))}`,
  })
}
