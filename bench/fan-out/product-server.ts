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
import { ownMemory } from './own-memory.ts'

/** The product's server; lists come onto its topic as the recommend stage would put them there. */
const config = readConfig(process.env)
const logger = createLogger(config, 'fan-out')
const { log, store } = await openPlatform({ config, logger, name: 'bench' })
const server = await buildServer({ log, store, config, logger, clock })
const itemIds = Array.from({ length: Number(process.argv[2]) }, (_, n) => `item-${n}`)
/** As the recommend stage writes them: so many in one append. */
const appendedAtOnce = 500
let offset = 1_000_000
let prepared: { key: string; value: Uint8Array }[] = []

obey<ServerOrder>(async (order) => {
  if (order.kind === 'memory') return ownMemory()
  if (order.kind === 'prepare') {
    prepared = order.users.map((user) => ({
      key: `user-${user}`,
      value: encodePicks(listOf(user, itemIds, offset++)),
    }))
    return { kind: 'done' }
  }
  // None waits for the one before: recommend has many batches on their way, and the log puts them into one commit.
  const appends: Promise<unknown>[] = []
  for (let n = 0; n < prepared.length; n += appendedAtOnce) {
    appends.push(log.append(topics.picks, prepared.slice(n, n + appendedAtOnce)))
  }
  await Promise.all(appends)
  return { kind: 'done' }
})
process.send?.({ address: await server.listen() })
