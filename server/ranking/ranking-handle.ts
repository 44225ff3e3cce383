import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import { startThread } from '../../platform/start-thread.ts'
import { RankingClient } from './ranking-client.ts'
import type { RankingService } from './ranking-service.ts'

const restartMs = 1_000

/** Maximum young generation of the thread's heap. */
const youngGenerationMbMax = 6

export interface RankingThreadParts {
  readonly config: Config
  readonly logger: Logger
  /** Embedded only: connection to the writer of this thread, so that the ranking thread does not start its own. */
  readonly connectWriter?: () => MessagePort
}

/** Options with which the thread is started. */
export interface RankingThreadData {
  readonly config: Config
  /** Of a RankingClient. */
  readonly questions: MessagePort
  readonly writer?: MessagePort
}

export interface RankingThread {
  readonly ranking: RankingService
  stop(): Promise<void>
}

/**
 * Starts the ranking thread. Resolves once it accepts requests, rejects if it ends before. A thread that ends later is
 * restarted.
 */
export async function startRankingThread(parts: RankingThreadParts): Promise<RankingThread> {
  const ranking = new RankingClient()
  const start = () => startThreadFor(ranking, parts)
  let thread = start()
  let stopping = false
  const keepRunning = async () => {
    for (;;) {
      const code = await thread.exited
      if (stopping) return
      parts.logger.error({ code }, 'the ranking thread ended; restarting it')
      await sleep(restartMs)
      if (stopping) return
      thread = start()
    }
  }

  const failed = thread.exited.then((code) => Promise.reject(new Error(`the ranking thread ended with code ${code}`)))
  await Promise.race([once(thread.worker, 'message'), failed])
  void keepRunning()
  return {
    ranking,
    async stop() {
      stopping = true
      thread.worker.postMessage('stop')
      await thread.exited
    },
  }
}

interface Thread {
  readonly worker: Worker
  /** Resolves with the exit code. */
  readonly exited: Promise<number>
}

function startThreadFor(ranking: RankingClient, { config, logger, connectWriter }: RankingThreadParts): Thread {
  const questions = ranking.connect()
  const writer = connectWriter?.()
  const worker = startThread('ranking-thread', import.meta.url, {
    workerData: { config, questions, writer } satisfies RankingThreadData,
    transferList: writer ? [questions, writer] : [questions],
    name: 'ranking',
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMbMax },
  })
  worker.on('error', (error) => logger.error({ err: error }, 'the ranking thread failed'))
  return { worker, exited: new Promise((resolve) => worker.once('exit', resolve)) }
}
