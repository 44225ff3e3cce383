import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

export interface HttpPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Ends the request. There is no other timeout. */
  readonly signal: AbortSignal
}

/**
 * POST by node:http. The fetch of Node ends a request without a response header after 300 s, whatever its signal; a
 * training may take longer than that to be answered.
 *
 * @throws Error of the connection, or the reason of the signal as its cause
 */
export function httpPost({ url, headers, body, signal }: HttpPost): Promise<HttpAnswer> {
  const open = url.startsWith('https:') ? requestSecure : requestPlain
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body))
    const request = open(url, { method: 'POST', headers: { ...headers, 'content-length': length }, signal })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.end(body)
  })
}
