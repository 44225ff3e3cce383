import { AppError } from '../../schema/app-error.ts'
import type { RetrainResult } from '../../schema/graphql/pipeline.ts'
import type { Services } from '../context.ts'
import { runCommand } from './command.ts'

/** Interval at which the version in use is checked. */
const pollMs = 100

/**
 * Sends the command to train and waits for its outcome, then until this server uses the new version.
 * @throws AppError UNAVAILABLE, retriable, if there is no outcome within RETRAIN_MS_MAX; the command is still executed
 */
export async function retrain(services: Services): Promise<RetrainResult> {
  const { clock, pipeline, ranking, config } = services
  const { published, reason, version } = await runCommand(services, (id) => ({ kind: 'retrain', id }))
  const deadline = clock.now() + config.RETRAIN_MS_MAX
  while (published && !(pipeline.model().version >= version && ranking.modelVersion >= version)) {
    if (clock.now() > deadline) {
      throw new AppError('UNAVAILABLE', { message: `version ${version} is published, but does not serve here yet` })
    }
    await clock.sleep(pollMs)
  }
  return { published, reason, model: pipeline.model() }
}
