import { hostname } from 'node:os'
import { Command, Option } from 'commander'
import { readConfig } from '../platform/config.ts'
import { closeInOrder, untilStopped } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { systemClock as clock } from '../platform/ports/clock.ts'
import { messageOf } from '../schema/app-error.ts'
import { startWorkers } from './start-workers.ts'
import { type StageName, stageNames } from './topology.ts'

const stage = new Option('--stage <name...>', 'the stages to run').choices(stageNames).default(stageNames, 'all')
const program = new Command('worker')
  .description('Runs stages of the pipeline. Several instances of a stage share its partitions.')
  .addOption(stage)

async function main({ stage: stages }: { stage: readonly StageName[] }): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config, `worker ${stages === stageNames ? 'all' : stages.join(',')}`)
  const { log, store, close } = await openPlatform({ config, logger, name: 'worker' })
  const instance = `${hostname()}/${process.pid}`
  const workers = await startWorkers({ log, store, clock, config, logger, stages, instance })
  logger.info({ stages, instance }, 'running')

  const reason = await untilStopped({ workers: workers.ended })
  if (reason.failed) logger.error(reason.message)
  const parts = [
    { name: 'workers', close: () => workers.stop() },
    { name: 'platform', close },
  ]
  await closeInOrder(parts, config.SHUTDOWN_MS_MAX, logger)
  process.exit(reason.failed ? 1 : 0)
}

main(program.parse().opts()).catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
