import { decodeModel, encodeModel } from '../../engine/train/codec.ts'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { Consumption, EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { removeModel, saveModel } from '../../platform/read-models/models.ts'
import type { Replica } from '../../platform/read-models/replica.ts'
import { messageOf } from '../../schema/app-error.ts'
import {
  automaticVersion,
  type Command,
  type CommandOutcome,
  decodeCommand,
  encodeOutcome,
  encodeServing,
  outcomeKey,
  type ServingModel,
  servingKey,
  versionPrefix,
} from '../../schema/records/model.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { topics } from '../../schema/topics.ts'
import { toDeadLetter } from '../runner/dead-letter.ts'
import type { StageMeter } from '../runner/meter.ts'
import { readArchive } from './read-archive.ts'
import { rebuildUsers } from './rebuild-users.ts'
import { refreshUsers } from './refresh-users.ts'
import { runTraining } from './run-training.ts'
import { startSchedule } from './schedule.ts'
import { followServing } from './serving.ts'

export interface TrainerParts {
  readonly log: EventLog
  readonly store: Store
  readonly clock: Clock
  readonly config: Pick<Config, 'TRAIN_EVENTS' | 'TRAIN_MINUTES'>
  readonly logger: Logger
  readonly replica: Replica
  readonly meter: StageMeter
  readonly authenticator: RecordAuthenticator
}

/** Newest events a training reads. */
const eventsMax = 5_000_000
/** Models kept for a roll-back, the one that serves among them. */
const modelsKept = 5
/** How long a publication waits for every stage to serve the new version. */
const swapMsMax = 30_000
const pollMs = 50

/**
 * Carries out commands one by one. Topic commands has one partition, so of all processes that run this stage one is the
 * trainer, and another takes over when it dies: a command that was not finished is carried out again.
 */
export async function startTrainer(parts: TrainerParts): Promise<Consumption> {
  const { log, store, clock, config, logger, replica, meter } = parts
  const serving = await followServing(log)
  const finished = new Set<string>() // ids of this process's trainings: several schedules may have ordered one
  const ending = new AbortController()
  const schedule = startSchedule({ log, clock, config, logger, serving })

  const consumption = await log.consume(
    { group: 'train', topics: [topics.commands], batchRecordsMax: 1 },
    async (batch) => {
      for (const record of batch.records) {
        let command: Command
        try {
          if (record.value === null) throw new Error('expected a command, got a tombstone')
          command = decodeCommand(record.value)
        } catch (error) {
          const { value, ...dead } = toDeadLetter('train', record, error)
          await log.append(topics.deadLetter, [{ ...dead, value: value === null ? null : value() }])
          continue
        }
        await carryOut(command)
      }
      meter.done(batch, 0, clock.now())
    },
  )

  async function carryOut(command: Command): Promise<void> {
    let outcome: CommandOutcome
    try {
      outcome = await outcomeOf(command)
    } catch (error) {
      if (ending.signal.aborted) throw error // not finished: the next trainer carries it out
      logger.error({ err: error, command: command.kind }, 'command failed')
      outcome = toOutcome(command, false, messageOf(error))
    }
    logger.info({ command: command.kind, published: outcome.published, reason: outcome.reason }, 'command done')
    await log.append(topics.models, [{ key: outcomeKey(command.id), value: encodeOutcome(outcome) }])
  }

  async function outcomeOf(command: Command): Promise<CommandOutcome> {
    if (command.kind === 'retrain') return retrain(command)
    if (command.kind === 'roll-back') return rollBack(command)
    if (command.kind === 'rebuild') return rebuild(command)
    const users = await refreshUsers(parts)
    return { ...toOutcome(command, true, null), users }
  }

  async function rebuild(command: Command): Promise<CommandOutcome> {
    const { users, left } = await rebuildUsers({ ...parts, signal: ending.signal }, command.id, 'embed')
    const reason = left === 0 ? null : `${left} users were left as they are: too large, or never still`
    return { ...toOutcome(command, true, reason), users }
  }

  async function retrain(command: Command): Promise<CommandOutcome> {
    if (isPassed(command.id)) return toOutcome(command, false, 'done already')
    finished.add(command.id)
    const archive = await readArchive(store)
    if (archive.size === 0) return toOutcome(command, false, 'there are no events to train on')
    const served = replica.model()
    const version = Math.max(0, ...serving.known().map((model) => model.version)) + 1
    const result = await runTraining(
      {
        log: archive,
        eventsMax,
        version,
        trainedAt: clock.now(),
        served: served === null ? null : encodeModel(served),
      },
      ({ progress }) => logger.debug({ ...progress, version }, 'training'),
      ending.signal,
    )
    if (result.kind === 'failed') throw new Error(result.reason)
    if (!result.publish) return toOutcome(command, false, result.reason)

    const model = decodeModel(result.model)
    const { chunks } = await saveModel(store, model)
    const { trainedAt, stats, validation } = model
    await publish({ version, trainedAt, ...stats, chunks, validation, commandId: command.id })
    for (const { version: old } of serving.known().slice(modelsKept)) {
      await removeModel(store, old, BigInt(trainedAt))
      await log.append(topics.models, [{ key: versionKey(old), value: null }])
    }
    return toOutcome(command, true, null)
  }

  /** Several schedules may have ordered the same, and orders may have waited behind a long training. */
  function isPassed(commandId: string): boolean {
    const version = automaticVersion(commandId)
    return finished.has(commandId) || (version !== undefined && (serving.current()?.version ?? 0) >= version)
  }

  async function rollBack(command: Extract<Command, { kind: 'roll-back' }>): Promise<CommandOutcome> {
    const model = serving.known().find(({ version }) => version === command.version)
    if (model === undefined) {
      const known = serving.known().map(({ version }) => version)
      return toOutcome(
        command,
        false,
        `no model of version ${command.version} is kept; there are ${known.join(', ') || 'none'}`,
      )
    }
    await publish({ ...model, commandId: command.id })
    return toOutcome(command, true, null)
  }

  /** Publishes the model to every process and requests a new list for every user. */
  async function publish(model: ServingModel): Promise<void> {
    const value = encodeServing(model)
    await log.append(topics.models, [
      { key: versionKey(model.version), value },
      { key: servingKey, value },
    ])
    const since = clock.now()
    for (let waited = 0; waited < swapMsMax; waited += pollMs) {
      const swapped = replica.model()?.version === model.version
      if (swapped && serving.instancesBehind(model.version, since - 5000).length === 0) break
      await clock.sleep(pollMs)
    }
    const users = await refreshUsers(parts)
    logger.info({ version: model.version, users }, 'model serves')
  }

  const toOutcome = (command: Command, published: boolean, reason: string | null): CommandOutcome => ({
    commandId: command.id,
    published,
    reason,
    version: serving.current()?.version ?? 0,
  })

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

const versionKey = (version: number): string => versionPrefix + version
