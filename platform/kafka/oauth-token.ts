import type { OauthbearerProviderResponse } from 'kafkajs'
import { z } from 'zod'
import type { Clock } from '../ports/clock.ts'

export interface OAuthClient {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
}

const timeoutMs = 10_000
/** A token is replaced this long before it expires, so that no connection begins with one about to expire. */
const marginMs = 30_000
const answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(300) })

/**
 * Returns a function that resolves to an access token by the client credentials grant (RFC 6749, section 4.4), cached
 * until shortly before it expires. Concurrent calls share one request. Rejects if the token endpoint returns an error
 * or cannot be reached within 10 seconds; kafkajs then retries the connection.
 */
export function oauthTokens(
  client: OAuthClient,
  clock: Pick<Clock, 'now'>,
): () => Promise<OauthbearerProviderResponse> {
  let current: { readonly value: string; readonly usableUntil: number } | undefined
  let inFlight: Promise<string> | undefined
  const fetchToken = async (): Promise<string> => {
    const { token, expiresMs } = await requestToken(client)
    current = { value: token, usableUntil: clock.now() + Math.max(0, expiresMs - marginMs) }
    return token
  }
  return async () => {
    if (current !== undefined && clock.now() < current.usableUntil) return { value: current.value }
    inFlight ??= fetchToken().finally(() => {
      inFlight = undefined
    })
    return { value: await inFlight }
  }
}

async function requestToken({ tokenUrl, clientId, clientSecret, scope }: OAuthClient) {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${tokenUrl} answered ${response.status}: ${text.slice(0, 200)}`)
  const parsed = answer.safeParse(parseJson(text))
  if (!parsed.success) throw new Error(`${tokenUrl} answered without an access_token: ${text.slice(0, 200)}`)
  return { token: parsed.data.access_token, expiresMs: parsed.data.expires_in * 1000 }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
