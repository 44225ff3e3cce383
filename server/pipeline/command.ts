import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../../schema/app-error.ts'
import { type Command, type CommandOutcome, encodeCommand } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import type { Services } from '../context.ts'

/**
 * Sends a command to the trainer and waits for its outcome.
 * @throws AppError UNAVAILABLE, retriable, if there is no outcome within RETRAIN_MS_MAX; the command is still executed
 */
export async function runCommand(
  { log, clock, pipeline, config }: Services,
  make: (id: string) => Command,
): Promise<CommandOutcome> {
  const id = uuidv7()
  const giveUp = new AbortController()
  let stop = () => {}
  const outcome = new Promise<CommandOutcome>((resolve) => {
    stop = pipeline.onOutcome(id, resolve)
  })
  try {
    await log.append(topics.commands, [{ key: id, value: encodeCommand(make(id)) }])
    const timeout = clock.sleep(config.RETRAIN_MS_MAX, giveUp.signal)
    const heard = await Promise.race([outcome, timeout])
    if (heard) return heard
    throw new AppError('UNAVAILABLE', { message: `no outcome within ${config.RETRAIN_MS_MAX} ms; it may still come` })
  } finally {
    giveUp.abort()
    stop()
  }
}
