import { once } from 'node:events'
import { readConfig } from '../../platform/config.ts'
import { createLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { startThread } from '../../platform/start-thread.ts'
import { buildServer } from '../../server/build-server.ts'
import { startRankingThread } from '../../server/ranking/ranking-handle.ts'
import type { AppenderData, AppenderOrder } from './appender-thread.ts'
import type { ServerOrder } from './messages.ts'
import { obey } from './obey.ts'
import { ownMemory } from './own-memory.ts'

/** The product's server; lists come onto its topic from another thread, as in the one-process start. */
const config = readConfig(process.env)
const logger = createLogger(config, 'fan-out')
const { log, store } = await openPlatform({ config, logger, name: 'bench' })
const { ranking } = await startRankingThread({ config, logger })
const server = await buildServer({ log, store, config, logger, clock, ranking })
const itemIds = Array.from({ length: Number(process.argv[2]) }, (_, n) => `item-${n}`)
const appender = startThread('appender-thread', import.meta.url, {
  workerData: { config, itemIds } satisfies AppenderData,
})
await once(appender, 'message')

obey<ServerOrder>(async (order) => {
  if (order.kind === 'memory') return ownMemory()
  const done = once(appender, 'message')
  appender.postMessage((order.kind === 'prepare' ? order.users : 'push') satisfies AppenderOrder)
  await done
  return { kind: 'done' }
})
process.send?.({ address: await server.listen() })
