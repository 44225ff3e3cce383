import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../schema/app-error.ts'

/**
 * Checks the origin of the page that opens a socket, because browsers let any page open one. Pages of the server's own
 * host and of the configured origins may. Clients other than browsers send no origin.
 * @throws AppError FORBIDDEN
 */
export function checkOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): void {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new AppError('FORBIDDEN', {
    message: `Origin: expected the server's own or one of PICKSTREAM_CORS_ORIGINS, got ${JSON.stringify(origin.slice(0, 256))}`,
  })
}
