import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { loadEncodedModel, saveModel } from '../../platform/read-models/models.ts'
import type { Replica } from '../../platform/read-models/replica.ts'
import { automaticVersion, type Command, type CommandOutcome, type ServingModel } from '../../schema/records/model.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { publishModel, removeOldModels } from './publish-model.ts'
import { readArchive } from './read-archive.ts'
import { rebuildUsers } from './rebuild-users.ts'
import { refreshUsers } from './refresh-users.ts'
import { runTraining } from './run-training.ts'
import type { ServingView } from './serving.ts'
import type { EncodedModel } from './train-thread.ts'

export interface CommandParts {
  readonly log: EventLog
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly replica: Replica
  readonly authenticator: RecordAuthenticator
  readonly serving: ServingView
  /** Ends a training or a rebuild in progress, which then throws. */
  readonly signal: AbortSignal
}

/** Newest events a training reads. */
const eventsMax = 5_000_000

/** Executes the commands of the trainer. */
export class TrainerCommands {
  /** Ids of the trainings of this process, because several schedules may have ordered the same one. */
  private readonly finished = new Set<string>()

  constructor(private readonly parts: CommandParts) {}

  /** @throws Error if the command could not be executed, or was aborted by the signal */
  carryOut(command: Command): Promise<CommandOutcome> {
    switch (command.kind) {
      case 'retrain':
        return this.retrain(command)
      case 'roll-back':
        return this.rollBack(command)
      case 'rebuild':
        return this.rebuild(command)
      case 'refresh-all':
        return this.refresh(command)
    }
  }

  /** The outcome of a command that published nothing. */
  unpublished(command: Command, reason: string): CommandOutcome {
    return { ...this.outcomeOf(command), published: false, reason }
  }

  private async retrain(command: Command): Promise<CommandOutcome> {
    const { store, clock, serving } = this.parts
    if (this.isPassed(command.id)) return this.unpublished(command, 'done already')
    this.finished.add(command.id)
    const archive = await readArchive(store)
    if (archive.size === 0) return this.unpublished(command, 'there are no events to train on')
    const version = Math.max(0, ...serving.known().map((model) => model.version)) + 1
    const result = await runTraining(
      {
        log: archive,
        eventsMax,
        version,
        trainedAt: clock.now(),
        served: await this.servedModel(),
      },
      ({ progress }) => this.parts.logger.debug({ ...progress, version }, 'training'),
      this.parts.signal,
    )
    if (result.kind === 'failed') throw new Error(result.reason)
    if (!result.publish) return this.unpublished(command, result.reason)
    await this.serve(result, command.id)
    return this.outcomeOf(command)
  }

  /** Several schedules may have ordered the same training, and orders may have waited behind a long training. */
  private isPassed(commandId: string): boolean {
    const version = automaticVersion(commandId)
    return this.finished.has(commandId) || (version !== undefined && this.servedVersion() >= version)
  }

  /** The model that serves, encoded. Null where there is none, or parts of it are missing: then nothing is judged beside it. */
  private async servedModel(): Promise<Uint8Array | null> {
    const serving = this.parts.serving.current()
    if (serving === undefined) return null
    return loadEncodedModel(this.parts.store, serving).catch((err) => {
      this.parts.logger.warn({ err }, 'the served model could not be loaded: the new model is not compared with it')
      return null
    })
  }

  private async serve({ model, bytes }: EncodedModel, commandId: string): Promise<void> {
    const { version, trainedAt, stats, validation } = model
    const { chunks } = await saveModel(this.parts.store, model, bytes)
    await this.publish({ version, trainedAt, ...stats, chunks, validation, commandId })
    await removeOldModels(this.parts, trainedAt)
  }

  private async rollBack(command: Extract<Command, { kind: 'roll-back' }>): Promise<CommandOutcome> {
    const known = this.parts.serving.known()
    const model = known.find(({ version }) => version === command.version)
    if (model === undefined) {
      const versions = known.map(({ version }) => version).join(', ') || 'none'
      return this.unpublished(command, `no model of version ${command.version} is kept; there are ${versions}`)
    }
    await this.publish({ ...model, commandId: command.id })
    return this.outcomeOf(command)
  }

  private async publish(model: ServingModel): Promise<void> {
    const users = await publishModel(this.parts, model)
    this.parts.logger.info({ version: model.version, users }, 'model is served')
  }

  private async rebuild(command: Command): Promise<CommandOutcome> {
    const { users, left } = await rebuildUsers(this.parts, command.id, 'embed')
    const reason = left === 0 ? null : `${left} users were left as they are: too large, or never still`
    return { ...this.outcomeOf(command), reason, users }
  }

  private async refresh(command: Command): Promise<CommandOutcome> {
    const users = await refreshUsers(this.parts)
    return { ...this.outcomeOf(command), users }
  }

  private outcomeOf(command: Command): CommandOutcome {
    return { commandId: command.id, published: true, reason: null, version: this.servedVersion() }
  }

  private servedVersion(): number {
    return this.parts.serving.current()?.version ?? 0
  }
}
