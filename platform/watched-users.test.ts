import { expect, test } from 'vitest'
import { userHash } from '../schema/causal-token.ts'
import { encodeWatched } from '../schema/records/watched.ts'
import { topics } from '../schema/topics.ts'
import { aQuietWorld } from '../test/support/drive.ts'
import { followWatchedUsers } from './watched-users.ts'

test('a user is watched for a minute after the announcement; what cannot be read is passed over', async () => {
  const { log, rest, until } = aQuietWorld()
  let now = 5_000
  const clock = { now: () => now, sleep: async () => {} }
  const watched = await until(followWatchedUsers(log, clock))
  expect(watched.has('ada')).toBe(false)
  const announce = (value: Uint8Array | null) => until(log.append(topics.watched, [{ key: '', value }]))
  await announce(null)
  await announce(Buffer.from('x'))
  await announce(encodeWatched([userHash('ada')]))
  await rest()
  expect([watched.has('ada'), watched.has('bob')]).toEqual([true, false])
  now += 60_000
  expect(watched.has('ada')).toBe(false)
  await watched.stop()
})
