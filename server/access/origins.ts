import type { IncomingMessage } from 'node:http'

/**
 * Whether the page that opens a socket may: browsers let any page open one, so the server has to look. Clients that are
 * no pages send no origin; their own host's pages and the configured ones may.
 */
export function allowsOrigin({ headers: { origin, host } }: IncomingMessage, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}
