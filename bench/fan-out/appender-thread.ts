import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '../../platform/config.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import { encodeList } from '../../schema/records/list.ts'
import { topics } from '../../schema/topics.ts'
import { listOf } from '../graphql/lists.ts'

export interface AppenderData {
  readonly config: Config
  readonly itemIds: readonly string[]
}

/** Users whose lists are made ready; or that those go onto the topic now. */
export type AppenderOrder = readonly number[] | 'push'

/** Appends lists to the topic as the recommend stage does: from a separate thread, with as many per append. */
const appendedAtOnce = 500
const port = parentPort!
const { config, itemIds } = workerData as AppenderData
const { log } = await openPlatform({ config, logger: silentLogger, name: 'appender', lock: false })
let offset = 1_000_000
let prepared: { key: string; value: Uint8Array }[] = []

port.on('message', (order: AppenderOrder) => {
  void carryOut(order).then(() => port.postMessage('done')) // an error ends the thread, and the bench
})
port.postMessage('ready')

async function carryOut(order: AppenderOrder): Promise<void> {
  if (order !== 'push') {
    prepared = order.map((user) => ({ key: `user-${user}`, value: encodeList(listOf(user, itemIds, offset++)) }))
    return
  }
  // No append waits for the one before: recommend has many batches in flight, and the log writes them in one commit.
  const appends: Promise<unknown>[] = []
  for (let n = 0; n < prepared.length; n += appendedAtOnce) {
    appends.push(log.append(topics.lists, prepared.slice(n, n + appendedAtOnce)))
  }
  await Promise.all(appends)
}
