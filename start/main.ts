import { type Config, readConfig } from '../platform/config.ts'
import { boundHeapGrowth } from '../platform/heap-growth.ts'
import { collectWhenIdle } from '../platform/idle-collection.ts'
import { type Closable, closeInOrder, type StopReason, untilStopped } from '../platform/lifecycle.ts'
import { createLogger, type Logger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { raiseOptimizationBudget } from '../platform/optimization-budget.ts'
import { systemClock } from '../platform/ports/clock.ts'
import { messageOf } from '../schema/app-error.ts'
import { buildServer } from '../server/build-server.ts'
import { builtPages } from '../server/pages.ts'
import { RankingClient } from '../server/ranking/ranking-client.ts'
import { banner } from './banner.ts'
import { startStagesThread } from './stages-handle.ts'

/**
 * Runs Pickstream in one process: the server in this thread, all stages and rankings on request in another, and the
 * log and the store in one folder.
 */
async function main(): Promise<void> {
  boundHeapGrowth()
  raiseOptimizationBudget()
  collectWhenIdle()
  const config = readConfig({ PICKSTREAM_LOG_LEVEL: 'warn', ...process.env })
  const logger = createLogger(config, 'pickstream')
  /** Open parts, the last one first. */
  const opened: Closable[] = []
  let failed = true
  try {
    const reason = await run(config, logger, opened)
    failed = reason.failed
    if (failed) logger.error(reason.message)
  } catch (error) {
    console.error(messageOf(error))
  }
  // Also after a failed start: exiting while another thread is in an LMDB transaction may block forever.
  await closeInOrder(opened, config.SHUTDOWN_MS_MAX, logger)
  process.exit(failed ? 1 : 0)
}

/** Starts every part, adds each to `opened`, and resolves when they are to be closed. */
async function run(config: Config, logger: Logger, opened: Closable[]): Promise<StopReason> {
  const platform = await openPlatform({ config, logger, name: 'server' })
  opened.unshift({ name: 'platform', close: () => platform.close() })
  const ranking = new RankingClient()
  // Side by side: each spends most of its start on loading modules and on reading its part of the log.
  const startingStages = startStagesThread({ config, questions: ranking.connect(), writer: platform.connectWriter?.() })
  const buildingServer = buildServer({ ...platform, ranking, config, logger, clock: systemClock })
  opened.unshift(
    { name: 'server', close: async () => (await unlessFailed(buildingServer))?.close() },
    { name: 'stages', close: async () => (await unlessFailed(startingStages))?.stop() },
  )
  const [stages, server] = await Promise.all([startingStages, buildingServer])
  const address = await server.listen()
  // Before the address is printed: a signal right after that must end the process in order.
  const stopped = untilStopped({ stages: stages.ended })
  console.log(banner(address, config, builtPages()))
  process.send?.({ address })
  return stopped
}

/** Nothing of a part that could not be started is to be closed. */
const unlessFailed = <Part>(starting: Promise<Part>): Promise<Part | undefined> => starting.catch(() => undefined)

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
