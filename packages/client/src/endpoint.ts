import { unreachable } from './errors.ts'
import type { PickstreamOptions } from './options.ts'

/** Returns the absolute URL. @throws TypeError if it is empty or invalid, or relative outside of a page */
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

/** Returns the URL of server-sent events: `/stream` is appended to the path, before a query string. */
export function streamEndpointOf(url: string): string {
  const stream = new URL(url)
  stream.pathname += '/stream'
  return stream.href
}

/**
 * Returns a function that resolves to the headers of a request or connection. It rejects with `UNAVAILABLE` if a
 * callback of the options fails.
 */
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
