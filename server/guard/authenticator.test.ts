import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readConfig } from '../../platform/config.ts'
import { startHarness } from '../../test/support/server-harness.ts'
import { Authenticator } from './authenticator.ts'

/** As an identity provider publishes its keys. */
const keys = createServer()
let url = ''
let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
beforeAll(async () => {
  const pair = await generateKeyPair('RS256')
  privateKey = pair.privateKey
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  keys.on('request', (_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`
})
afterAll(() => new Promise((resolve) => keys.close(resolve)))

const authenticator = (now = () => Date.now()) =>
  new Authenticator(readConfig({ PICKSTREAM_ACCESS_JWKS_URL: url }), now)
const bearer = (token: string) => ({ authorization: `Bearer ${token}`, address: '10.0.0.1' })
const sign = (claims: object) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).setExpirationTime('1h').sign(privateKey)

test('keys published by an identity provider are used', async () => {
  const identity = await authenticator().identify(bearer(await sign({ sub: 'ada' })))
  expect(identity).toMatchObject({ role: 'shopper', userId: 'ada' })
  expect(identity.client).not.toContain('ada')
})

test.each([[['ada']], [123], [true], [{}], ['']])('a token whose sub is %j is refused', async (sub) => {
  const token = await sign({ sub } as never)
  await expect(authenticator().identify(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('roles come from the token; a service is no user', async () => {
  const identity = await authenticator().identify(bearer(await sign({ sub: 'loader', role: 'service' })))
  expect(identity.role).toBe('service')
  expect(identity.userId).toBeUndefined()
})

test('a public key is never taken for a shared secret', async () => {
  const token = await new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode('whatever the attacker likes, long enough'))
  await expect(authenticator().identify(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a token is not believed beyond its end, however lately it was verified', async () => {
  let now = Date.now()
  const one = authenticator(() => now)
  const token = await sign({ sub: 'ada' })
  await one.identify(bearer(token))
  now += 3_700_000
  await expect(one.identify(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('where no access is configured everybody is an operator, whatever they bring', async () => {
  const open = new Authenticator(readConfig({}), () => Date.now())
  expect(await open.identify({ address: '127.0.0.1' })).toMatchObject({ role: 'operator' })
  expect(await open.identify({ authorization: 'Bearer x', address: '127.0.0.1' })).toMatchObject({ role: 'operator' })
})

test.each([
  ['answers with an error', (response: ServerResponse) => response.writeHead(500).end()],
  ['closes the connection', (response: ServerResponse) => response.destroy()],
  ['answers with another text', (response: ServerResponse) => response.end('<html>')],
  ['has no list of keys', (response: ServerResponse) => response.end('{"keys":1}')],
])(
  'a token cannot be verified where the service of the keys %s: retriable, not a wrong token',
  async (_name, answer) => {
    const broken = createServer((_request, response) => answer(response))
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/jwks`
    const harness = await startHarness({ env: { PICKSTREAM_ACCESS_JWKS_URL: address } })
    const token = await sign({ sub: 'ada' })
    const response = await harness.post({ query: '{ __typename }' }, { authorization: `Bearer ${token}` })
    const { errors } = (await response.json()) as { errors: { extensions: object }[] }
    expect([response.status, errors[0]!.extensions]).toEqual([503, { code: 'UNAVAILABLE', retriable: true }])
    const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    )
    const [code] = await once(socket, 'close')
    expect(code).toBe(1013)
    await harness.close()
    await new Promise((resolve) => broken.close(resolve))
  },
)
