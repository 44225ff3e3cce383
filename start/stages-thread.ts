import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { collectWhenIdle } from '../platform/idle-collection.ts'
import { closeInOrder } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { systemClock as clock } from '../platform/ports/clock.ts'
import { answerQuestions } from '../server/ranking/answer-questions.ts'
import { createLocalRanking } from '../server/ranking/local-ranking.ts'
import { openWorkers } from '../workers/open-workers.ts'
import { stageNames } from '../workers/topology.ts'
import { startDemo } from './demo/run-demo.ts'
import type { StagesData } from './stages-handle.ts'

/** A thread of the one-process start: all stages, rankings on request, and the visitors of the demo if it is on. */
const port = parentPort!
const { config, questions, writer } = workerData as StagesData
const logger = createLogger(config, 'stages')
const workers = await openWorkers({ config, logger, stages: stageNames, instance: 'embedded', lock: false, writer })
const demo = config.DEMO ? await startDemo({ log: workers.log, clock, logger, name: config.DEMO }) : undefined
answerQuestions(questions, createLocalRanking(workers.replica!, clock))
port.postMessage('ready')
collectWhenIdle()

// A stage that ended permanently ends the thread, and thereby the process: its supervisor restarts it.
await Promise.race([once(port, 'message'), workers.ended])
const parts = [{ name: 'demo', close: async () => demo?.stop() }, ...workers.closing]
await closeInOrder(parts, config.SHUTDOWN_MS_MAX, logger)
process.exit()
