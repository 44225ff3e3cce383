import { AppError } from '../../schema/app-error.ts'
import type { RetrainResult } from '../../schema/graphql/pipeline.ts'
import type { Services } from '../context.ts'
import { runCommand } from './command.ts'

/** How often it is looked whether the new version serves. */
const pollMs = 100

/**
 * Sends the command to refit and waits for its outcome, then until the new version serves here.
 * @throws AppError UNAVAILABLE, retriable, without an outcome within RETRAIN_MS_MAX; the command is still carried out
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
