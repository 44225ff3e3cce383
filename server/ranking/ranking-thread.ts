import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { Recommender } from '../../engine/recommender.ts'
import { collectWhenIdle } from '../../platform/idle-collection.ts'
import { createLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { followReplica } from '../../platform/read-models/replica.ts'
import { messageOf } from '../../schema/app-error.ts'
import { answerQuestions } from './answer-questions.ts'
import { createLocalRanking } from './local-ranking.ts'
import type { RankingThreadData } from './ranking-handle.ts'

/** The ranking thread, with its own connections, so that neither its reading nor its ranking delays requests. */
const port = parentPort!
const { config, questions, writer } = workerData as RankingThreadData
const logger = createLogger(config, 'ranking')
const platform = await openPlatform({ config, logger, name: 'ranking', lock: false, writer })
const replica = await followReplica({
  ...platform,
  recommender: new Recommender({ pairUsersMin: config.PAIR_USERS }),
  onError: (error) => logger.warn({ reason: messageOf(error) }, 'a model or a record could not be read and is skipped'),
})
answerQuestions(questions, createLocalRanking(replica, clock))
port.postMessage('started')
collectWhenIdle()

await once(port, 'message')
await replica.stop()
await platform.close()
process.exit()
