import { Recommender } from '../engine/recommender.ts'
import { followReplica, type Replica } from '../platform/read-models/replica.ts'
import { type FollowedRules, followRules } from '../platform/read-models/rules.ts'
import { followWatchedUsers, type WatchedUsers } from '../platform/watched-users.ts'
import type { StageName } from './topology.ts'
import type { WorkerParts } from './worker-parts.ts'

/**
 * Read models that stages hold in memory; undefined if no stage of this process uses it. All stages share one of each.
 */
export interface ReadModels {
  /** Item side and model, for embed, recommend and train. */
  readonly replica: Replica | undefined
  /** For embed. */
  readonly rules: FollowedRules | undefined
  /** For embed and recommend. */
  readonly watched: WatchedUsers | undefined
  stop(): Promise<void>
}

/** How long the start waits for the replica to catch up; after that, stages rank with the data it has. */
const restoreMsMax = 30_000

export async function openReadModels(parts: WorkerParts): Promise<ReadModels> {
  const { log, clock, stages } = parts
  const isOneOf = (...names: StageName[]) => names.some((name) => stages.includes(name))
  const replica = isOneOf('embed', 'recommend', 'train') ? await openReplica(parts) : undefined
  const rules = isOneOf('embed') ? await followRules(log) : undefined
  const watched = isOneOf('embed', 'recommend') ? await followWatchedUsers(log, clock) : undefined
  return {
    replica,
    rules,
    watched,
    async stop() {
      await replica?.stop()
      await rules?.stop()
      await watched?.stop()
    },
  }
}

async function openReplica({ log, store, clock, logger, config }: WorkerParts): Promise<Replica> {
  const replica = await followReplica({
    log,
    store,
    recommender: new Recommender({ pairUsersMin: config.PAIR_USERS }),
    onError: (error) => logger.error({ err: error }, 'a model or a record could not be read and is skipped'),
  })
  const timeout = new AbortController()
  await Promise.race([replica.caughtUp, clock.sleep(restoreMsMax, timeout.signal)])
  timeout.abort()
  return replica
}
