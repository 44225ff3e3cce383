import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { backupEmbedded, restoreEmbedded } from './backup.ts'
import { freeDeadReaders, openEnvironment } from './environment.ts'
import { aFolder, anEmbedded, startProgram } from './testing/programs.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('only the user of the process may read the folder and its files, also of a copy', async () => {
  const parent = aFolder()
  const [dir, copy, restored] = ['data', 'copy', 'restored'].map((name) => join(parent, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(dir)
  chmodSync(dir, 0o755)
  const { store } = await anEmbedded({ dir })
  await store.put(tables.userStates, [{ partition: 'p', writeTimestamp: 1n, value: Buffer.alloc(1) }])
  await backupEmbedded(dir, copy)
  await restoreEmbedded(copy, restored)
  for (const folder of [dir, copy, restored]) {
    expect(modeOf(folder), folder).toBe('700')
    for (const name of readdirSync(folder)) expect(modeOf(join(folder, name)), name).toBe('600')
  }
})

test('readers whose process was killed free their slots', async () => {
  const dir = aFolder()
  const env = openEnvironment({ dir })
  const slots = () => env.root.readerList().trim().split('\n').length
  for (let i = 0; i < 3; i++) {
    const program = startProgram('read-folder', dir)
    await program.printed('reading')
    await program.kill()
  }
  const before = slots()
  expect(freeDeadReaders(env)).toBeGreaterThan(0)
  expect(slots()).toBeLessThan(before)
  await env.root.close()
})
