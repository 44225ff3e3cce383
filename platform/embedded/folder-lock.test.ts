import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openCoordination } from './coordination.ts'
import { openEmbedded } from './open-embedded.ts'
import { ownIdentity } from './process-identity.ts'
import { aFolder, anEmbedded, startProgram } from './testing/programs.ts'

describe('the lock on a folder', () => {
  test('refuses a second process at once, naming the folder and the holder', async () => {
    const dir = aFolder()
    await anEmbedded({ dir })
    const second = startProgram('hold-folder', dir)
    const refusal = JSON.parse((await second.printed('refused')).slice('refused '.length))
    expect(refusal).toMatchObject({ code: 'UNAVAILABLE', retriable: false })
    expect(refusal.message).toContain(dir)
    expect(refusal.message).toContain(`pid ${process.pid}`)
  })

  test('is free at once when its holder was killed', async () => {
    const dir = aFolder()
    const holder = startProgram('hold-folder', dir)
    await holder.printed('holding')
    await expect(openEmbedded({ dir })).rejects.toThrow(`pid ${holder.child.pid}`)
    await holder.kill()
    await anEmbedded({ dir })
  })

  test('goes to exactly one of several that start together', async () => {
    const dir = aFolder()
    const programs = Array.from({ length: 3 }, () => startProgram('hold-folder', dir))
    const outcomes = await Promise.all(
      programs.map((program) => Promise.race([program.printed('holding'), program.printed('refused')])),
    )
    expect(outcomes.filter((line) => line === 'holding')).toHaveLength(1)
  })

  test('is not kept by another process that was given the pid of the dead holder', async () => {
    const dir = aFolder()
    const coordination = openCoordination(dir)
    coordination.transact((rows) => rows.put('holder', { ...ownIdentity(), pid: process.ppid, startedAt: '1' }))
    await coordination.close()
    await anEmbedded({ dir })
  })

  test('of another host holds while its holder gives signs of life, and no longer', async () => {
    const dir = aFolder()
    const coordination = openCoordination(dir)
    onTestFinished(() => coordination.close())
    // The pid is alive here, too: it must not be asked about.
    const elsewhere = { ...ownIdentity(), host: 'another-container' }
    let beat = 0
    const put = () => coordination.transact((rows) => rows.put('holder', { ...elsewhere, beat: beat++ }))
    put()
    const living = setInterval(put, 100)
    onTestFinished(() => clearInterval(living))
    await expect(openEmbedded({ dir })).rejects.toThrow('another-container')
    clearInterval(living)
    await anEmbedded({ dir })
  })

  test('is for one opening of this process, too, and free again after the close', async () => {
    const dir = aFolder()
    const first = await openEmbedded({ dir })
    await expect(openEmbedded({ dir })).rejects.toThrow('in use')
    const thread = await openEmbedded({ dir, lock: false })
    await thread.close()
    await first.close()
    await anEmbedded({ dir })
  })
})

describe('a folder that cannot be used', () => {
  test('is named, with the setting and the reason', async () => {
    const file = join(aFolder(), 'file')
    writeFileSync(file, 'x')
    await expect(openEmbedded({ dir: file })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retriable: false,
      message: `PICKSTREAM_DATA_DIR: expected a folder that this process may write, got ${file}`,
      cause: { code: 'EEXIST' },
    })
    const below = join(file, 'below')
    await expect(openEmbedded({ dir: below })).rejects.toMatchObject({
      message: expect.stringContaining(below),
      cause: { code: 'ENOTDIR' },
    })
  })

  test('with an empty data file is refused, and not taken for a new one', async () => {
    const dir = aFolder()
    writeFileSync(join(dir, 'data.mdb'), '')
    await expect(openEmbedded({ dir, verify: true })).rejects.toThrow(/data\.mdb is empty: .*Remove it/)
    rmSync(join(dir, 'data.mdb'))
    await anEmbedded({ dir, verify: true })
  })
})
