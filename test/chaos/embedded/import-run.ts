import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dist } from '../program.ts'
import type { EmbeddedWorld } from './embedded-world.ts'

interface Imported {
  readonly userId: string
  readonly eventIds: readonly string[]
}

const usersOfOne = 10
const rowsOfUser = 150
const runsMax = 10
const someTime = Date.UTC(2026, 0, 1)

/** `npm run import` of a file of its own. Killed, it is started again and goes on where the server confirms it. */
export function startImport({ dir, url }: EmbeddedWorld, number: number) {
  const users = Array.from({ length: usersOfOne }, (_, n) => `import-${number}-${n}`)
  const file = join(dir, `import-${number}.csv`)
  const rows = Array.from({ length: usersOfOne * rowsOfUser }, (_, n) => {
    const at = new Date(someTime + n * 1000).toISOString()
    return `${users[n % usersOfOne]},item-${(n * 7) % 120},VIEW,${at},import-${number}-${n}`
  })
  writeFileSync(file, `user,item,type,timestamp,eventid\n${rows.join('\n')}\n`)

  let running: ChildProcess
  const run = () =>
    new Promise<number | null>((resolve) => {
      const args = ['--events', file, '--url', url, '--no-wait', '--no-pace', '--batch', '50', '--strict']
      const main = fileURLToPath(new URL('tools/import/main.js', dist))
      running = fork(main, args, { cwd: dir, execArgv: [], stdio: 'ignore', detached: true })
      running.once('exit', resolve)
    })

  const toTheEnd = async (): Promise<Imported[]> => {
    for (let runs = 0; ; runs++) {
      const code = await run()
      if (code === 0) break
      if (code !== null || runs > runsMax) throw new Error(`an import ended with code ${code}`)
    }
    return users.map((userId, user) => ({
      userId,
      eventIds: rows.flatMap((_, n) => (n % usersOfOne === user ? [`import-${number}-${n}`] : [])),
    }))
  }
  return { done: toTheEnd(), kill: () => running.kill('SIGKILL') }
}
