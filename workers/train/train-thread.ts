import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { decodeModel, encodeModel } from '../../engine/train/codec.ts'
import type { TrainingLog } from '../../engine/train/log.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import type { TrainProgress } from '../../engine/train/progress.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import { messageOf } from '../../schema/app-error.ts'
import { inTimeOrder } from './time-order.ts'

/** Input and output of the thread. */
export interface TrainTask {
  /** In any order of users, each user's events in the log's order. */
  readonly log: TrainingLog
  /** Newest events to train on. */
  readonly eventsMax: number
  readonly version: number
  readonly trainedAt: number
  /** The model in use, encoded. */
  readonly served: Uint8Array | null
}

/** A trained model, encoded, and what is published of it. */
export interface EncodedModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly model: Pick<TrainedModel, 'version' | 'trainedAt' | 'stats' | 'validation'>
}

export type TrainMessage =
  | { readonly kind: 'progress'; readonly progress: TrainProgress }
  | ({ readonly kind: 'outcome'; readonly publish: boolean; readonly reason: string } & EncodedModel)
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * If all cores are busy, lists go before the next model. On Linux, where the priority applies to this thread only, the
 * training gets about a tenth of a busy core. At the lowest priority (19) it would get 1 % and never end.
 */
const niceness = 10

const port = parentPort
if (port && process.platform === 'linux') setPriority(niceness)
if (port) {
  const message = train(workerData as TrainTask, (progress) => port.postMessage({ kind: 'progress', progress }))
  port.postMessage(message, message.kind === 'outcome' ? [message.bytes.buffer] : [])
}

function train(
  { log, eventsMax, served, ...options }: TrainTask,
  onProgress: (progress: TrainProgress) => void,
): TrainMessage {
  try {
    const work = trainModel(inTimeOrder(log, eventsMax), {
      ...options,
      served: served === null ? null : decodeModel(served),
    })
    for (let step = work.next(); ; step = work.next()) {
      if (!step.done) {
        onProgress(step.value)
        continue
      }
      const { model, publish, reason } = step.value
      const { version, trainedAt, stats, validation } = model
      const bytes = encodeModel(model)
      return { kind: 'outcome', bytes, model: { version, trainedAt, stats, validation }, publish, reason }
    }
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) }
  }
}
