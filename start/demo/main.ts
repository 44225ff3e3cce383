import { readConfig } from '../../platform/config.ts'
import { closeInOrder, untilStopped } from '../../platform/lifecycle.ts'
import { createLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import { startDemo } from './run-demo.ts'

/** The visitors of the demo as a separate process, for a cluster. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config, 'demo')
  const { log, close } = await openPlatform({ config, logger, name: 'demo' })
  const demo = await startDemo({ log, clock, logger, name: config.DEMO || 'shop' })
  await untilStopped()
  const parts = [
    { name: 'demo', close: () => demo.stop() },
    { name: 'platform', close },
  ]
  await closeInOrder(parts, config.SHUTDOWN_MS_MAX, logger)
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
