import { unreachable } from './errors.ts'
import type { PickstreamOptions } from './options.ts'

/** The absolute address. Throws a TypeError for one that is empty or invalid, and for a relative one outside of a page. */
export function endpointOf(url: string): string {
  try {
    if (url) return new URL(url, globalThis.location?.href).href
  } catch {
    // Reported below.
  }
  throw new TypeError(
    `Pickstream: url: expected the address of the GraphQL endpoint, absolute outside of a page, got ${JSON.stringify(url)}`,
  )
}

/** The address of server-sent events: a query of the endpoint's address stays at its end. */
export function streamEndpointOf(url: string): string {
  const stream = new URL(url)
  stream.pathname += '/stream'
  return stream.href
}

/** Makes the headers of each request and connection. Rejects with `UNAVAILABLE` if a callback of the options fails. */
export function headersOf({ token, headers }: PickstreamOptions) {
  return async (): Promise<Readonly<Record<string, string>>> => {
    try {
      return { ...(token && { authorization: `Bearer ${await token()}` }), ...(await headers?.()) }
    } catch (cause) {
      const failure = unreachable(`the option token or headers failed: ${String(cause)}`, cause)
      console.warn('Pickstream:', failure.message)
      throw failure
    }
  }
}
