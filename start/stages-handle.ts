import type { MessagePort } from 'node:worker_threads'
import type { Config } from '../platform/config.ts'
import { startThread } from '../platform/start-thread.ts'

export interface StagesData {
  readonly config: Config
  /** Port of a RankingClient: the server's requests to the item side that the stages hold. */
  readonly questions: MessagePort
  /** Embedded only: the writer of the server's thread, so that writes of both share commits. */
  readonly writer?: MessagePort
}

/** Messages of the thread. */
export type StagesMessage = 'ready' | 'stopped'

export interface StagesHandle {
  /** Rejects when the thread ends by itself. */
  readonly ended: Promise<never>
  stop(): Promise<void>
}

/** Maximum young generation of the thread's heap. A larger one is collected slightly less often and stays resident. */
const youngGenerationMbMax = 24

/** Starts the thread of all stages; resolves once they run. */
export async function startStagesThread(data: StagesData): Promise<StagesHandle> {
  const thread = startThread('stages-thread', import.meta.url, {
    workerData: data,
    transferList: data.writer ? [data.questions, data.writer] : [data.questions],
    name: 'stages',
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMbMax },
  })
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)))
  })
  ended.catch(() => {}) // callers may await it; the rejection is handled here
  const ready = new Promise<void>((resolve) => {
    thread.on('message', (message: StagesMessage) => message === 'ready' && resolve())
  })
  await Promise.race([ready, ended])
  return {
    ended,
    async stop() {
      thread.postMessage('stop')
      await exited
    },
  }
}
