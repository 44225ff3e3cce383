import type { Config } from '../../platform/config.ts'
import type { Consumption, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import {
  type Command,
  type CommandOutcome,
  decodeCommand,
  encodeOutcome,
  outcomeKey,
} from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import { toDeadLetter } from '../runner/dead-letter.ts'
import type { StageMeter } from '../runner/meter.ts'
import { startSchedule } from './schedule.ts'
import { followServing } from './serving.ts'
import { type CommandParts, TrainerCommands } from './trainer-commands.ts'

export interface TrainerParts extends Omit<CommandParts, 'serving' | 'signal'> {
  readonly config: Pick<Config, 'TRAIN_EVENTS' | 'TRAIN_MINUTES'>
  readonly meter: StageMeter
}

/**
 * Executes commands one by one. Topic commands has one partition, so of all processes that run this stage one is the
 * trainer. Another takes over when it ends: a command that was not finished is executed again.
 */
export async function startTrainer(parts: TrainerParts): Promise<Consumption> {
  const { log, clock, config, logger, meter } = parts
  const ending = new AbortController()
  const serving = await followServing(log)
  const commands = new TrainerCommands({ ...parts, serving, signal: ending.signal })
  const schedule = startSchedule({ log, clock, config, logger, serving })

  const consumption = await log.consume(
    { group: 'train', topics: [topics.commands], batchRecordsMax: 1 },
    async (batch) => {
      for (const record of batch.records) {
        const command = await readCommand(record)
        if (command !== undefined) await carryOut(command)
      }
      meter.done(batch, 0, clock.now())
    },
  )

  /** undefined: the record is not a command and went to the dead-letter topic. */
  async function readCommand(record: StoredRecord): Promise<Command | undefined> {
    try {
      if (record.value === null) throw new Error('expected a command, got a tombstone')
      return decodeCommand(record.value)
    } catch (error) {
      const { value, ...dead } = toDeadLetter('train', record, error)
      await log.append(topics.deadLetter, [{ ...dead, value: value === null ? null : value() }])
      return undefined
    }
  }

  async function carryOut(command: Command): Promise<void> {
    let outcome: CommandOutcome
    try {
      outcome = await commands.carryOut(command)
    } catch (error) {
      if (ending.signal.aborted) throw error // not finished: the next trainer executes it
      logger.error({ err: error, command: command.kind }, 'command failed; it is not retried')
      outcome = commands.unpublished(command, messageOf(error))
    }
    logger.info({ command: command.kind, published: outcome.published, reason: outcome.reason }, 'command done')
    await log.append(topics.models, [{ key: outcomeKey(command.id), value: encodeOutcome(outcome) }])
  }

  return {
    ended: consumption.ended,
    async stop(drainMsMax) {
      ending.abort()
      await schedule.stop()
      await consumption.stop(drainMsMax)
      await serving.stop()
    },
  }
}
