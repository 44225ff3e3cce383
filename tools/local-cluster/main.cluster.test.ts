import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnCluster } from '../../test/on-cluster.ts'
import { isAlive } from './child.ts'
import { readState } from './state.ts'

const program = new URL('main.ts', import.meta.url).pathname

describeOnCluster('npm run cluster', () => {
  let dir: string

  const run = (command: string, ...options: string[]) =>
    new Promise<{ code: number; output: string; errors: string }>((resolve) => {
      const args = ['--import', 'tsx', program, command, '--dir', dir, ...options]
      execFile(process.execPath, args, (error, output, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), output, errors })
      })
    })

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pickstream-cli-'))
  })
  afterAll(async () => {
    await run('down')
    await rm(dir, { recursive: true, force: true })
  })

  test('up starts what outlives it and says how to reach it, a second up refuses, down ends exactly that', async () => {
    expect((await run('status')).code).toBe(1)

    const up = await run('up', '--namespace', 'shop')
    expect(up).toMatchObject({ code: 0 })
    const state = (await readState(dir))!
    expect(up.output).toContain(`PICKSTREAM_KAFKA_BROKERS=${state.brokers[0]}\n`)
    expect(up.output).toContain(`PICKSTREAM_CASSANDRA_CONTACT_POINTS=${state.contactPoints[0]}\n`)
    expect(up.output).toContain('PICKSTREAM_NAMESPACE=shop\n')
    const pids = [...state.kafka, ...state.cassandra].map(({ pid }) => pid!)
    expect(pids.map(isAlive)).toEqual([true, true])
    expect(await run('status')).toMatchObject({ code: 0, output: expect.stringContaining(`pid ${pids[0]}`) })

    expect(await run('up')).toMatchObject({ code: 1, errors: expect.stringContaining('running already') })
    expect(pids.map(isAlive)).toEqual([true, true])

    expect((await run('down')).code).toBe(0)
    expect(pids.map(isAlive)).toEqual([false, false])
    expect((await run('status')).code).toBe(1)
  })

  test('another number of nodes than the folder holds is refused before anything is started', async () => {
    expect(await run('up', '--nodes', '3')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('holds 1 brokers'),
    })
    expect(await run('up', '--nodes', '2')).toMatchObject({ code: 1, errors: expect.stringContaining('1 or 3') })
  })
})
