import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'

/** Records waiting before the embed stage above which a refresh pauses: live visitors go first. */
const waitingMax = 200
const chunkUsers = 200
const pollMs = 20

/**
 * Requests a new list for every user with a state. The requests go through topic interactions.backfill, so they have a
 * position in each user's order, and no visitor's click waits behind them.
 *
 * @returns the number of users for whom a list was requested
 */
export async function refreshUsers({ log, store }: { log: EventLog; store: Store }): Promise<number> {
  let users = 0
  let chunk: string[] = []
  const send = async () => {
    await log.append(
      topics.backfill,
      chunk.map((userId) => ({ key: userId, value: encodeInteraction({ v: 1, kind: 'refresh', userId }) })),
    )
    users += chunk.length
    chunk = []
  }
  for await (const rows of store.scan(tables.userStates)) {
    for (const { partition } of rows) {
      chunk.push(partition)
      if (chunk.length >= chunkUsers) await send()
    }
  }
  if (chunk.length > 0) await send()
  return users
}

/** Resolves once few records wait before the embed stage. */
export async function embedKeepsUp(
  { log, clock }: { log: EventLog; clock: Clock },
  group: string,
  signal?: AbortSignal,
): Promise<void> {
  while ((await waiting(log, group)) > waitingMax) {
    await clock.sleep(pollMs, signal)
    signal?.throwIfAborted()
  }
}

/** Records of topic interactions that the embed stage has not committed. */
async function waiting(log: EventLog, group: string): Promise<number> {
  const [ends, committed] = await Promise.all([
    log.endOffsets(topics.interactions),
    log.committedOffsets(group, topics.interactions),
  ])
  return ends.reduce((sum, end, partition) => sum + Math.max(0, end - (committed[partition] ?? 0)), 0)
}
