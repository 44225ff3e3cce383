import { readConfig } from '../../platform/config.ts'
import { createLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { encodePicks } from '../../schema/records/picks.ts'
import { topics } from '../../schema/topics.ts'
import { buildServer } from '../../server/build-server.ts'
import { listOf } from '../graphql/lists.ts'
import type { ServerOrder } from './messages.ts'
import { obey } from './obey.ts'

/** The product's server; lists come onto its topic as the recommend stage would put them there. */
const config = readConfig(process.env)
const logger = createLogger(config, 'fan-out')
const { log, store } = await openPlatform({ config, logger, name: 'bench' })
const server = await buildServer({ log, store, config, logger, clock })
const itemIds = Array.from({ length: Number(process.argv[2]) }, (_, n) => `item-${n}`)
let offset = 1_000_000

obey<ServerOrder>(async (order) => {
  if (order.kind === 'memory') return memory()
  const records = order.users.map((user) => {
    const picks = listOf(user, itemIds, offset++)
    return { key: `user-${user}`, value: encodePicks(picks) }
  })
  await log.append(topics.picks, records)
  return { kind: 'done' }
})
process.send?.({ address: await server.listen() })

function memory() {
  globalThis.gc?.()
  return { kind: 'memory', bytes: process.memoryUsage().rss } as const
}
