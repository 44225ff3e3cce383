import type { MessagePort } from 'node:worker_threads'
import { messageOf } from '../../schema/app-error.ts'
import type { Message, Question, RankingStatus } from './messages.ts'
import type { RankingService } from './ranking-service.ts'

const statusPollMs = 100
/** While the server starts, its readiness is reported soon. */
const startingPollMs = 5

/**
 * Answers the requests of a RankingClient over the port from its connect(), until the port closes. One request is
 * answered per turn of the event loop, so that other work of this thread runs in between.
 */
export function answerQuestions(port: MessagePort, ranking: RankingService): void {
  const waiting: Question[] = []
  let answering = false
  const tell = (message: Message) => port.postMessage(message)

  const answer = async (question: Question) => {
    try {
      tell({ kind: 'answer', id: question.id, result: await callRanking(ranking, question) })
    } catch (error) {
      tell({ kind: 'failure', id: question.id, message: messageOf(error) })
    }
  }
  const answerFirst = async () => {
    await answer(waiting.shift()!)
    answering = waiting.length > 0
    if (answering) setImmediate(() => void answerFirst())
  }
  port.on('message', (question: Question) => {
    waiting.push(question)
    if (!answering) setImmediate(() => void answerFirst())
    answering = true
  })

  let told: RankingStatus = { modelVersion: 0, isReady: false }
  let nextLook: NodeJS.Timeout
  const watchStatus = () => {
    const { modelVersion, isReady } = ranking
    if (modelVersion !== told.modelVersion || isReady !== told.isReady) {
      told = { modelVersion, isReady }
      tell({ kind: 'status', ...told })
    }
    nextLook = setTimeout(watchStatus, isReady ? statusPollMs : startingPollMs)
  }
  watchStatus()
  port.once('close', () => clearTimeout(nextLook))
}

const callRanking = (ranking: RankingService, { method, args }: Question): Promise<unknown> =>
  (ranking[method] as (...args: unknown[]) => Promise<unknown>)(...args)
