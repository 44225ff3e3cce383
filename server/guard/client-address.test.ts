import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createAddressOf, networkOf } from './client-address.ts'

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

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ['', ''],
])('limits take %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
