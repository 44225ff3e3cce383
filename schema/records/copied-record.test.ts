import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CopyAuthenticator, oneShotHmac } from './copied-record.ts'
import type { CopySource } from './headers.ts'

const copies = new CopyAuthenticator(new Uint8Array(32).fill(7))
const position = { partition: 3, offset: 12 }
const source: CopySource = { kind: 'forwarded', position }
const record = { key: 'ann', value: Buffer.from('{"v":1}') }
const verified = (claimed: ReturnType<typeof copies.sourceOf>) => claimed?.isVerified

test('what a stage signed verifies in every process with the same key', () => {
  const headers = copies.headersOf(source, record)
  const elsewhere = new CopyAuthenticator(new Uint8Array(32).fill(7))
  expect(elsewhere.sourceOf({ ...record, headers })).toEqual({ ...source, isVerified: true })
  const tombstone = { key: 'ann', value: null }
  expect(verified(copies.sourceOf({ ...tombstone, headers: copies.headersOf(source, tombstone) }))).toBe(true)
  expect(copies.sourceOf({ ...record, headers: { born: '1' } })).toBeUndefined()
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

describe('does not verify', () => {
  const headers = copies.headersOf(source, record)
  test.each([
    ['without a mac', { ...record, headers: { 'forwarded-from': '3/12' } }],
    ['with another key', { ...record, key: 'bob', headers }],
    ['with another value', { ...record, value: Buffer.from('{"v":2}'), headers }],
    ['without its value', { ...record, value: null, headers }],
    ['with another place', { ...record, headers: { ...headers, 'forwarded-from': '3/13' } }],
    ['as the other kind', { ...record, headers: { backfill: '3/12', 'copy-mac': headers['copy-mac']! } }],
    ['with characters moved from the value to the key', { key: 'ann{', value: Buffer.from('"v":1}'), headers }],
  ])('%s', (_, forged) => {
    expect(verified(copies.sourceOf(forged))).toBe(false)
  })

  test('under a key that has changed since', () => {
    const changed = new CopyAuthenticator(new Uint8Array(32).fill(8))
    expect(changed.sourceOf({ ...record, headers })).toEqual({ ...source, isVerified: false })
  })

  test('whatever is written as a mac', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (mac) => {
        fc.pre(mac !== headers['copy-mac'])
        expect(verified(copies.sourceOf({ ...record, headers: { ...headers, 'copy-mac': mac } }))).toBe(false)
      }),
    )
  })
})
