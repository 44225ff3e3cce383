import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CopySource, Headers } from './headers.ts'
import { encodeInteraction, type InteractionRecord } from './interaction.ts'
import { oneShotHmac, RecordAuthenticator } from './record-authenticator.ts'
import { RecordError } from './record-error.ts'

const authenticator = new RecordAuthenticator(new Uint8Array(32).fill(7))
const position = { partition: 3, offset: 12 }
const source: CopySource = { kind: 'forwarded', position }
const record = { key: 'ann', value: Buffer.from('{"v":1}') }
const signedOf = (one: InteractionRecord) => ({ key: one.userId, value: encodeInteraction(one) })
const verified = (claimed: ReturnType<typeof authenticator.sourceOf>) => claimed?.isVerified

test('what a stage signed verifies in every process with the same key', () => {
  const headers = authenticator.headersOf(source, record)
  const elsewhere = new RecordAuthenticator(new Uint8Array(32).fill(7))
  expect(elsewhere.sourceOf({ ...record, headers })).toEqual({ ...source, isVerified: true })
  const tombstone = { key: 'ann', value: null }
  expect(verified(authenticator.sourceOf({ ...tombstone, headers: authenticator.headersOf(source, tombstone) }))).toBe(
    true,
  )
  expect(authenticator.sourceOf({ ...record, headers: { born: '1' } })).toBeUndefined()
})

test('the mac is the HMAC-SHA-256 of node:crypto', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.string(),
      fc.uint8Array({ maxLength: 300 }),
      (key, head, value) => {
        const expected = createHmac('sha256', key).update(head).update(value).digest('base64url')
        expect(oneShotHmac(key)(head, value)).toBe(expected)
      },
    ),
  )
})

describe('a record of a kind that Pickstream alone writes', () => {
  const into: InteractionRecord = { v: 1, kind: 'identify', userId: 'guest', into: 'ann' }
  const signed = (value = encodeInteraction(into), key = 'guest') => authenticator.signed('identify', { key, value })
  const check = (
    headers: Headers,
    record: InteractionRecord = into,
    value: Uint8Array | null = encodeInteraction(into),
  ) => authenticator.checkSigned(record, { headers, value })

  test('is believed with the signature of this installation', () => {
    expect(() => check(signed())).not.toThrow()
    expect(() => check({ ...signed(), born: '1' })).not.toThrow()
  })

  test.each([
    ['no signature', {}],
    ['a guessed one', { 'internal-mac': 'A'.repeat(16) }],
    ['that of another value', signed(encodeInteraction({ ...into, into: 'eve' }))],
    ['that of another key', signed(encodeInteraction(into), 'guest-2')],
    ['that of a copy', { 'internal-mac': authenticator.headersOf(source, record)['copy-mac']! }],
    ['that of another installation', new RecordAuthenticator(new Uint8Array(32)).signed('identify', signedOf(into))],
  ])('is refused with %s', (_, headers) => {
    expect(() => check(headers)).toThrow(
      'header internal-mac: expected the signature of this installation on a record of kind "identify"',
    )
  })

  test.each(['adopt', 'restore'] as const)('%s is such a kind', (kind) => {
    expect(() => check({}, { kind, userId: 'guest' } as InteractionRecord)).toThrow(RecordError)
  })

  test.each(['event', 'undo', 'forget', 'refresh'] as const)('%s needs no signature', (kind) => {
    expect(() => check({}, { kind, userId: 'guest' } as InteractionRecord)).not.toThrow()
  })
})

describe('does not verify', () => {
  const headers = authenticator.headersOf(source, record)
  test.each([
    ['without a mac', { ...record, headers: { 'forwarded-from': '3/12' } }],
    ['with another key', { ...record, key: 'bob', headers }],
    ['with another value', { ...record, value: Buffer.from('{"v":2}'), headers }],
    ['without its value', { ...record, value: null, headers }],
    ['with another place', { ...record, headers: { ...headers, 'forwarded-from': '3/13' } }],
    ['as the other kind', { ...record, headers: { backfill: '3/12', 'copy-mac': headers['copy-mac']! } }],
    ['with characters moved from the value to the key', { key: 'ann{', value: Buffer.from('"v":1}'), headers }],
  ])('%s', (_, forged) => {
    expect(verified(authenticator.sourceOf(forged))).toBe(false)
  })

  test('under a key that has changed since', () => {
    const changed = new RecordAuthenticator(new Uint8Array(32).fill(8))
    expect(changed.sourceOf({ ...record, headers })).toEqual({ ...source, isVerified: false })
  })

  test('whatever is written as a mac', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (mac) => {
        fc.pre(mac !== headers['copy-mac'])
        expect(verified(authenticator.sourceOf({ ...record, headers: { ...headers, 'copy-mac': mac } }))).toBe(false)
      }),
    )
  })
})
