import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createAddressOf } from './client-address.ts'

const from = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

test('without trusted proxies nothing that a client writes is believed', () => {
  expect(createAddressOf([])(from('10.0.0.9', '1.2.3.4'))).toBe('10.0.0.9')
})

test.each([
  ['10.0.0.9', '1.2.3.4', '1.2.3.4'],
  ['::ffff:10.0.0.9', '1.2.3.4', '1.2.3.4'],
  ['10.0.0.9', '6.6.6.6, 1.2.3.4, 10.1.1.1', '1.2.3.4'],
  ['10.0.0.9', undefined, '10.0.0.9'],
  ['8.8.8.8', '1.2.3.4', '8.8.8.8'],
  ['fd00::1', '2001:db8::5', '2001:db8::5'],
  ['10.0.0.9', 'nonsense', 'nonsense'],
])('through proxies: %s forwarding %s is %s', (remote, forwarded, expected) => {
  expect(createAddressOf(['10.0.0.0/8', 'fd00::1'])(from(remote, forwarded))).toBe(expected)
})

test('an entry that is no address is said at the start', () => {
  expect(() => createAddressOf(['proxy.local'])).toThrow('PICKSTREAM_TRUSTED_PROXIES')
})
