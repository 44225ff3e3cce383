import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { removeModel } from '../../platform/read-models/models.ts'
import type { Replica } from '../../platform/read-models/replica.ts'
import { encodeServing, type ServingModel, servingKey, versionPrefix } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import { refreshUsers } from './refresh-users.ts'
import type { ServingView } from './serving.ts'

interface Parts {
  readonly log: EventLog
  readonly store: Store
  readonly clock: Clock
  readonly replica: Replica
  readonly serving: ServingView
}

/** Models kept for a rollback, including the one in use. */
const modelsKept = 5
/** How long a publication waits for every stage to use the new version. */
const swapMsMax = 30_000
/** Age of the last report after which a stage is taken to have ended. */
const reportedMsMax = 5_000
const pollMs = 50

/** Publishes a stored model to every process and requests a new list for every user. @returns the number of users */
export async function publishModel(parts: Parts, model: ServingModel): Promise<number> {
  const { log, clock, replica, serving } = parts
  const value = encodeServing(model)
  await log.append(topics.models, [
    { key: versionKey(model.version), value },
    { key: servingKey, value },
  ])
  const since = clock.now() - reportedMsMax
  for (let waited = 0; waited < swapMsMax; waited += pollMs) {
    const swapped = replica.model()?.version === model.version
    if (swapped && serving.instancesBehind(model.version, since).length === 0) break
    await clock.sleep(pollMs)
  }
  return refreshUsers(parts)
}

/** Removes all models but the newest. @param at orders the removal after earlier writes, ms */
export async function removeOldModels({ log, store, serving }: Parts, at: number): Promise<void> {
  for (const { version } of serving.known().slice(modelsKept)) {
    await removeModel(store, version, BigInt(at))
    await log.append(topics.models, [{ key: versionKey(version), value: null }])
  }
}

const versionKey = (version: number): string => versionPrefix + version
