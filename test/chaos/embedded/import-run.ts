import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Importing } from '../import/importing.ts'
import type { EmbeddedWorld } from './embedded-world.ts'

interface Imported {
  readonly userId: string
  readonly eventIds: readonly string[]
}

const usersOfOne = 10
const rowsOfUser = 150
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

  const importing = new Importing(dir, ['--events', file, '--url', url, '--no-wait', '--batch', '50'])
  const toTheEnd = async (): Promise<Imported[]> => {
    await importing.done
    return users.map((userId, user) => ({
      userId,
      eventIds: rows.flatMap((_, n) => (n % usersOfOne === user ? [`import-${number}-${n}`] : [])),
    }))
  }
  return { done: toTheEnd(), kill: () => importing.kill() }
}
