import { startThread } from '../../platform/start-thread.ts'
import type { TrainMessage, TrainTask } from './train-thread.ts'

/** Maximum young generation of the thread's heap. */
const youngGenerationMbMax = 24

/**
 * Trains in a separate thread, so that stages and heartbeats do not wait. Transfers the log's columns to it. Rejects at
 * once when the signal aborts.
 */
export function runTraining(
  task: TrainTask,
  onProgress: (message: Extract<TrainMessage, { kind: 'progress' }>) => void,
  signal: AbortSignal,
): Promise<Exclude<TrainMessage, { kind: 'progress' }>> {
  return new Promise((resolve, reject) => {
    const { users, items, types, values, quantities, times, portions, seconds } = task.log
    const columns = [users, items, types, values, quantities, times, portions, seconds]
    const transferList = columns.flatMap((column) => (column ? [column.buffer as ArrayBuffer] : []))
    const resourceLimits = { maxYoungGenerationSizeMb: youngGenerationMbMax }
    const worker = startThread('train-thread', import.meta.url, { workerData: task, transferList, resourceLimits })
    worker.on('message', (message: TrainMessage) => {
      if (message.kind === 'progress') onProgress(message)
      else resolve(message)
    })
    const abort = () => void worker.terminate()
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', abort)
      reject(new Error(`training ended with exit code ${code}`))
    })
  })
}
