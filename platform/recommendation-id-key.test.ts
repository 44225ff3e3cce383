import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedded } from './embedded/open-embedded.ts'
import { recommendationIdKey } from './recommendation-id-key.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pickstream-id-key-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('the key is made once: all who ask at once, and after a restart, have the same', async () => {
  const opened = await openEmbedded({ dir })
  const keys = await Promise.all([1, 2, 3].map(() => recommendationIdKey({ ID_SECRET: undefined }, opened.store)))
  await opened.close()
  const reopened = await openEmbedded({ dir })
  keys.push(await recommendationIdKey({ ID_SECRET: undefined }, reopened.store))
  await reopened.close()
  expect(new Set(keys.map(hex)).size).toBe(1)
  expect(keys[0]).toHaveLength(32)
})

test('a configured secret needs no store, and another secret makes another key', async () => {
  const none = {} as Parameters<typeof recommendationIdKey>[1]
  const [one, same, other] = await Promise.all(
    ['a'.repeat(32), 'a'.repeat(32), 'b'.repeat(32)].map((ID_SECRET) => recommendationIdKey({ ID_SECRET }, none)),
  )
  expect([one!.length, hex(one!) === hex(same!), hex(one!) === hex(other!)]).toEqual([32, true, false])
})
