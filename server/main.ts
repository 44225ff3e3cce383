import { readConfig } from '../platform/config.ts'
import { boundHeapGrowth } from '../platform/heap-growth.ts'
import { collectWhenIdle } from '../platform/idle-collection.ts'
import { closeInOrder, untilStopped } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { systemClock } from '../platform/ports/clock.ts'
import { messageOf } from '../schema/app-error.ts'
import { buildServer } from './build-server.ts'
import { startRankingThread } from './ranking/ranking-handle.ts'

/** The GraphQL server as a separate process; the workers run elsewhere. */
async function main(): Promise<void> {
  boundHeapGrowth()
  collectWhenIdle()
  const config = readConfig(process.env)
  const logger = createLogger(config, 'server')
  const platform = await openPlatform({ config, logger, name: 'server' })
  const thread = await startRankingThread({ config, logger, connectWriter: platform.connectWriter })
  const server = await buildServer({ ...platform, ranking: thread.ranking, config, logger, clock: systemClock })
  const address = await server.listen()
  // Before the address is printed, so that a signal right after that stops the server in order.
  const stopped = untilStopped()
  logger.info({ address }, 'listening')
  process.send?.({ address })

  const { message } = await stopped
  logger.info({ reason: message }, 'stopping')
  const parts = [
    { name: 'server', close: () => server.close() },
    { name: 'ranking', close: () => thread.stop() },
    { name: 'platform', close: () => platform.close() },
  ]
  await closeInOrder(parts, config.SHUTDOWN_MS_MAX, logger)
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
