import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { tables } from '../../schema/tables.ts'
import type { Logger } from '../logger.ts'
import { OutageLog } from '../outage-log.ts'
import { openEmbedded } from './open-embedded.ts'
import { aFolder, anEmbedded } from './testing/programs.ts'

const disk = smallDisk()
if (disk === undefined) console.warn('SKIPPED: a full disk. It takes root and a mount of tmpfs to make one.')

describe.skipIf(disk === undefined)('a full disk', () => {
  test('refuses writes with a retriable error, keeps what it has, and takes writes again once there is room', async () => {
    const dir = join(disk!, 'data')
    const ballast = join(disk!, 'ballast')
    const embedded = await openEmbedded({ dir, freeBytesMin: 0 })
    onTestFinished(() => embedded.close())
    const { log, store } = embedded
    await log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
    writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024))

    let stored = 0
    const put = () =>
      store.put(tables.userStates, [
        { partition: `row-${stored}`, writeTimestamp: 1n, value: Buffer.alloc(100_000, 1) },
      ])
    let refusal: unknown
    while (refusal === undefined)
      await put().then(
        () => stored++,
        (error: unknown) => (refusal = error),
      )
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({
      code: 'UNAVAILABLE',
      retriable: true,
      message: expect.stringContaining('the write to the disk failed'),
    })
    await expect(log.append('t', [{ key: 'k', value: Buffer.alloc(500_000) }])).rejects.toMatchObject({
      retriable: true,
    })
    expect(stored).toBeGreaterThan(10)
    const rows = await store.get(
      tables.userStates,
      Array.from({ length: stored }, (_, i) => ({ partition: `row-${i}` })),
    )
    expect(rows.every((row) => row?.length === 100_000)).toBe(true)

    rmSync(ballast)
    await put()
    const [position] = await log.append('t', [{ key: 'k', value: Buffer.alloc(500_000) }])
    expect((await log.read('t', 0, position!.offset, 1))[0]!.value).toHaveLength(500_000)
    await embedded.close()
    const again = await openEmbedded({ dir, freeBytesMin: 0 })
    expect(await again.log.endOffsets('t')).toEqual([position!.offset + 1])
    await again.close()
  })
})

test('writes are refused while the disk has less room than is to be kept free', async () => {
  const { store } = await anEmbedded({ dir: aFolder(), freeBytesMin: Number.MAX_SAFE_INTEGER })
  const write = store.put(tables.userStates, [{ partition: 'p', writeTimestamp: 1n, value: Buffer.alloc(1) }])
  await expect(write).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
})

test('the reason of a write that fails is logged: clients do not see it', async () => {
  const dir = aFolder()
  const reasons: string[] = []
  const logger = { warn: ({ err }: { err: Error }) => reasons.push(messageOf(err)) } as unknown as Logger
  const outages = new OutageLog({ logger, system: 'Data folder' })
  const { store } = await anEmbedded({ dir, freeBytesMin: Number.MAX_SAFE_INTEGER, outages })
  const write = store.put(tables.userStates, [{ partition: 'p', writeTimestamp: 1n, value: Buffer.alloc(1) }])
  await expect(write).rejects.toMatchObject({ message: 'the disk is full' })
  expect(reasons).toEqual([expect.stringContaining(`the disk is full: ${dir}: expected at least`)])
})

test('writes are refused while too many wait', async () => {
  const { store } = await anEmbedded({ dir: aFolder(), queuedBytesMax: 100_000 })
  const put = (i: number) =>
    store.put(tables.userStates, [{ partition: `${i}`, writeTimestamp: 1n, value: Buffer.alloc(30_000) }])
  const outcomes = await Promise.allSettled([0, 1, 2, 3, 4].map(put))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
  await put(5)
})

test('one call may write more than may wait: it goes in portions, in its order', async () => {
  const { log, store } = await anEmbedded({ dir: aFolder(), queuedBytesMax: 6 * 2 ** 20 })
  await log.createTopics([{ name: 't', partitions: 1, cleanup: 'delete' }])
  const large = Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, value: Buffer.alloc(1_000_000, i) }))
  await store.put(
    tables.userStates,
    large.map(({ name, value }) => ({ partition: name, writeTimestamp: 1n, value })),
  )
  const rows = await store.get(
    tables.userStates,
    large.map(({ name }) => ({ partition: name })),
  )
  expect(rows.map((row) => row?.[0])).toEqual(large.map((_, i) => i))
  const positions = await log.append(
    't',
    large.map(({ name, value }) => ({ key: name, value })),
  )
  expect(positions.map(({ offset }) => offset)).toEqual(large.map((_, i) => i))
  expect((await log.read('t', 0, 0, 100)).map(({ key }) => key)).toEqual(large.map(({ name }) => name))
})

function smallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'pickstream-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    rmSync(dir, { recursive: true })
    return undefined
  }
  afterAll(() => {
    execFileSync('umount', [dir])
    rmSync(dir, { recursive: true })
  })
  return dir
}
