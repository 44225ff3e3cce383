import { hostname } from 'node:os'
import { Command, Option } from 'commander'
import { readConfig } from '../platform/config.ts'
import { boundHeapGrowth } from '../platform/heap-growth.ts'
import { collectWhenIdle } from '../platform/idle-collection.ts'
import { closeInOrder, untilStopped } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { messageOf } from '../schema/app-error.ts'
import { openWorkers } from './open-workers.ts'
import { type StageName, stageNames } from './topology.ts'

const stage = new Option('--stage <name...>', 'the stages to run').choices(stageNames).default(stageNames, 'all')
const program = new Command('worker')
  .description('Runs stages of the pipeline. Several instances of a stage share its partitions.')
  .addOption(stage)

async function main({ stage: stages }: { stage: readonly StageName[] }): Promise<void> {
  boundHeapGrowth()
  collectWhenIdle()
  const config = readConfig(process.env)
  const logger = createLogger(config, 'worker')
  const instance = `${hostname()}/${process.pid}`
  const workers = await openWorkers({ config, logger, stages, instance })
  logger.info({ stages, instance }, 'running')
  process.send?.('ready')

  const { failed, message } = await untilStopped({ workers: workers.ended })
  if (failed) logger.error(message)
  await closeInOrder(workers.closing, config.SHUTDOWN_MS_MAX, logger)
  process.exit(failed ? 1 : 0)
}

main(program.parse().opts()).catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
