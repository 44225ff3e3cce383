import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { systemClock as clock } from '../platform/ports/clock.ts'
import { startWorkers } from '../workers/start-workers.ts'
import { stageNames } from '../workers/topology.ts'
import { startDemo } from './demo/run-demo.ts'

/** A thread of the one-process start: all stages, and the demo shop's visitors where they are wanted. */
const port = parentPort!
const config = workerData as Config
const logger = createLogger(config, 'stages')
const { log, store, close } = await openPlatform({ config, logger, name: 'stages', lock: false })
const workers = await startWorkers({ log, store, clock, config, logger, stages: stageNames, instance: 'embedded' })
const demo = config.DEMO ? await startDemo({ log, clock, logger }) : undefined
port.postMessage('ready')

// A consumer that ended for good ends the thread, and that the process: whoever supervises it starts it anew.
await Promise.race([once(port, 'message'), workers.ended])
await demo?.stop()
await workers.stop()
await close()
process.exit()
