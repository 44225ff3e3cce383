import { parentPort, workerData } from 'node:worker_threads'
import { collectWhenIdle } from '../../platform/idle-collection.ts'
import { createLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { systemClock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import { createLocalRanking } from './local-ranking.ts'
import { callRanking, type Message, type Question } from './messages.ts'
import type { RankingThreadData } from './ranking-handle.ts'

/** The thread that ranks on request, with its own connections: neither its reading nor its ranking holds up a request. */
const port = parentPort!
const { config, writer } = workerData as RankingThreadData
const logger = createLogger(config, 'ranking')
const platform = await openPlatform({ config, logger, name: 'ranking', lock: false, writer })
const ranking = await createLocalRanking({
  ...platform,
  logger,
  clock: systemClock,
  pairUsersMin: config.PAIR_USERS,
})
const modelPollMs = 100

const tell = (message: Message) => port.postMessage(message)

let version = 0
const watchingModel = setInterval(() => {
  if (ranking.modelVersion !== version) tell({ kind: 'model', version: (version = ranking.modelVersion) })
}, modelPollMs)

port.on('message', (message: Question | 'stop') => {
  if (message === 'stop') void stop()
  else void answer(message)
})
tell({ kind: 'started' })
collectWhenIdle()
void ranking.ready.then(() => tell({ kind: 'ready' }))

async function answer(question: Question): Promise<void> {
  const { id } = question
  try {
    tell({ kind: 'answer', id, result: await callRanking(ranking, question) })
  } catch (error) {
    tell({ kind: 'failure', id, message: messageOf(error) })
  }
}

async function stop(): Promise<void> {
  clearInterval(watchingModel)
  await ranking.close()
  await platform.close()
  process.exit()
}
