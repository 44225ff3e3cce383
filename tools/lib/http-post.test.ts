import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { httpPost } from './http-post.ts'

async function urlOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
}

const never = new AbortController().signal

test('sends the body with its length in bytes and the headers, and reads the answer whatever its status', async () => {
  const url = await urlOf((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const { authorization, 'content-length': length } = request.headers
      response.writeHead(503).write('ü')
      response.end(`${request.method} ${authorization} ${length} ${body}`)
    })
  })
  const answer = await httpPost({ url, headers: { authorization: 'Bearer key' }, body: '{"ä":1}', signal: never })
  expect(answer).toEqual({ status: 503, text: 'üPOST Bearer key 8 {"ä":1}' })
})

test('the signal ends a request that is not answered', async () => {
  const abort = new AbortController()
  const url = await urlOf(() => abort.abort(new Error('long enough')))
  await expect(httpPost({ url, headers: {}, body: '{}', signal: abort.signal })).rejects.toMatchObject({
    name: 'AbortError',
    cause: { message: 'long enough' },
  })
})

test('fails where the connection ends in the middle of an answer, or is refused', async () => {
  const url = await urlOf((_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('{', () => response.destroy())
  })
  await expect(httpPost({ url, headers: {}, body: '{}', signal: never })).rejects.toThrow('aborted')
  await expect(httpPost({ url: 'http://127.0.0.1:1/', headers: {}, body: '', signal: never })).rejects.toThrow(
    'ECONNREFUSED',
  )
})
