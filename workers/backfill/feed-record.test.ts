import { expect, test } from 'vitest'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { topics } from '../../schema/topics.ts'
import { anIdentify, anInteraction, someTime } from '../../test/support/interactions.ts'
import { feedRecord } from './feed-record.ts'

const authenticator = new RecordAuthenticator(new Uint8Array(32))
const position = { partition: 3, offset: 12 }
const feed = (key: string, value: Uint8Array, headers: Readonly<Record<string, string>>) => {
  const arrival = { key, value, position, appendedAt: someTime, now: 0, headers }
  const [emit] = feedRecord(value, arrival, undefined, { authenticator }).emits!
  return { topic: emit!.topic, key: emit!.key, value: emit!.value!(), headers: emit!.headers! }
}

test('a copy says where its record stood, and nothing else of its headers', () => {
  const fed = feed('ann', encodeInteraction(anInteraction()), { born: '1', bulk: '1', 'forwarded-from': '1/2' })
  expect(fed.topic).toBe(topics.interactions)
  expect(Object.keys(fed.headers).sort()).toEqual(['backfill', 'copy-mac'])
  expect(authenticator.sourceOf(fed)).toEqual({ kind: 'backfill', position, isVerified: true })
})

test('a login of the server is still signed behind the backfill, and one of another writer is not', () => {
  const login = anIdentify('guest', 'ann')
  const value = encodeInteraction(login)
  const ours = feed('guest', value, authenticator.signed('identify', { key: 'guest', value }))
  expect(() => authenticator.checkSigned(login, ours)).not.toThrow()
  expect(authenticator.sourceOf(ours)).toMatchObject({ kind: 'backfill', isVerified: true })
  expect(() => authenticator.checkSigned(login, feed('guest', value, {}))).toThrow('header internal-mac')
})
