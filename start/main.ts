import { readConfig } from '../platform/config.ts'
import { boundHeapGrowth } from '../platform/heap-growth.ts'
import { collectWhenIdle } from '../platform/idle-collection.ts'
import { closeInOrder, untilStopped } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { raiseOptimizationBudget } from '../platform/optimization-budget.ts'
import { systemClock } from '../platform/ports/clock.ts'
import { messageOf } from '../schema/app-error.ts'
import { buildServer } from '../server/build-server.ts'
import { builtPages } from '../server/pages.ts'
import { banner } from './banner.ts'
import { startStagesThread } from './stages-handle.ts'

/** Everything in one process: the server in this thread, all stages in another, the log and the store in one folder. */
async function main(): Promise<void> {
  boundHeapGrowth()
  raiseOptimizationBudget()
  collectWhenIdle()
  const config = readConfig({ PICKSTREAM_LOG_LEVEL: 'warn', ...process.env })
  const logger = createLogger(config, 'pickstream')
  const platform = await openPlatform({ config, logger, name: 'server' })
  const stages = await startStagesThread({ config, writer: platform.connectWriter?.() })
  const server = await buildServer({ ...platform, config, logger, clock: systemClock })
  const address = await server.listen()
  // Before anybody is told the address: a signal right after that must end it in order.
  const stopped = untilStopped({ stages: stages.ended })
  console.log(banner(address, config, builtPages()))
  process.send?.({ address })

  const reason = await stopped
  if (reason.failed) logger.error(reason.message)
  const parts = [
    { name: 'server', close: () => server.close() },
    { name: 'stages', close: () => stages.stop() },
    { name: 'platform', close: () => platform.close() },
  ]
  await closeInOrder(parts, config.SHUTDOWN_MS_MAX, logger)
  process.exit(reason.failed ? 1 : 0)
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
