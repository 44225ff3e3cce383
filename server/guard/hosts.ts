import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../../platform/config.ts'
import { AppError } from '../../schema/app-error.ts'
import { isLoopback } from './binding.ts'

/**
 * Checks the header Host of a request to a server whose access is open. Such a server listens on loopback. But a page
 * of any site can reach it through its visitor's browser if the site's name resolves to 127.0.0.1 (DNS rebinding),
 * because the browser then takes the server for the site. Header Host contains the name, and a page cannot set it.
 * Clients other than browsers may omit it.
 * @throws AppError FORBIDDEN if the name is neither loopback nor configured
 */
export function checkHost({ host }: IncomingHttpHeaders, config: Pick<Config, 'HOST' | 'ALLOWED_HOSTS'>): void {
  if (host === undefined) return
  const name = host.replace(/:\d*$/, '').toLowerCase()
  const allowed = [config.HOST, ...config.ALLOWED_HOSTS].map((entry) => entry.toLowerCase())
  if (isLoopback(name) || allowed.includes(name)) return
  throw new AppError('FORBIDDEN', {
    message:
      `Host: expected localhost, a loopback address or a name of PICKSTREAM_ALLOWED_HOSTS while access is open, ` +
      `got ${JSON.stringify(host.slice(0, 256))}`,
  })
}
