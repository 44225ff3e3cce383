import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../../schema/app-error.ts'
import type { RetrainResult } from '../../schema/graphql/pipeline.ts'
import { type CommandOutcome, encodeCommand } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import type { Services } from '../context.ts'

/** How often it is looked whether the new version serves. */
const pollMs = 100

/**
 * Orders a refit and waits for its outcome, then until the new version serves here.
 * @throws AppError UNAVAILABLE, retriable, when nothing was heard within RETRAIN_MS_MAX; the order stands
 */
export async function retrain({ log, clock, pipeline, compute, config }: Services): Promise<RetrainResult> {
  const id = uuidv7()
  const giveUp = new AbortController()
  let stop = () => {}
  const outcome = new Promise<CommandOutcome>((resolve) => {
    stop = pipeline.onOutcome(id, resolve)
  })
  try {
    await log.append(topics.commands, [{ key: id, value: encodeCommand({ kind: 'retrain', id }) }])
    const timeout = clock.sleep(config.RETRAIN_MS_MAX, giveUp.signal)
    const { published, reason, version } = (await Promise.race([outcome, timeout])) ?? tooLate(config.RETRAIN_MS_MAX)
    const deadline = clock.now() + config.RETRAIN_MS_MAX
    while (published && !(pipeline.model().version >= version && compute.modelVersion >= version)) {
      if (clock.now() > deadline) tooLate(config.RETRAIN_MS_MAX)
      await clock.sleep(pollMs)
    }
    return { published, reason, model: pipeline.model() }
  } finally {
    giveUp.abort()
    stop()
  }
}

function tooLate(msMax: number): never {
  throw new AppError('UNAVAILABLE', { message: `no outcome of the training within ${msMax} ms; it may still come` })
}
