import { stat } from 'node:fs/promises'
import { dataFile } from '../../platform/embedded/environment.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { startChild } from '../harness/child.ts'
import { type Memory, memoryPartsOf } from '../harness/cpu-time.ts'
import { ask, recordMutation } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { type Phase, Visitor } from '../load/visitor.ts'
import { drained } from '../pipeline/prepare.ts'
import { copyUsers, makeTemplates, openFolder, putItemSide, type ShopSize, userIdOf } from './generated-shop.ts'

export interface ShopMemory extends ShopSize {
  /** Seconds from the start of the process until it is ready. */
  readonly readySeconds: number
  /** Ready, and idle for some seconds. */
  readonly idle: Memory
  /** After `events` events of as many users, each met for the first time. */
  readonly busy: Memory
  readonly events: number
  /** From a click to its list on the page, after these events. */
  readonly push: Phase
  /** Bytes of the data folder's file. */
  readonly fileBytes: number
}

const options = { PICKSTREAM_PORT: '0', PICKSTREAM_DEMO: 'off', PICKSTREAM_LIMIT_RATE: '0' }
const untrained = { PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0' }
const idleMs = 15_000
const perMutation = 100
const drainMsMax = 600_000

/** Generates a shop, then starts the product as `npm start` does and measures what it holds. */
export async function measureShop(
  size: ShopSize & { readonly events: number },
  surroundings: Surroundings,
): Promise<ShopMemory> {
  const { items, users, events } = size
  const env = { ...options, ...untrained, PICKSTREAM_DATA_DIR: await surroundings.folder() }
  surroundings.say(`a shop of ${items} items and ${users} users is generated`)
  const first = await start(env, surroundings)
  await makeTemplates(first.address)
  await settled(env.PICKSTREAM_DATA_DIR)
  await first.child.stop()
  const folder = await openFolder(env)
  await putItemSide(folder, items)
  await copyUsers(folder, users)
  await folder.close()

  const { child, address, readySeconds } = await start(env, surroundings)
  surroundings.say(`ready after ${readySeconds.toFixed(1)} s`)
  await rest(idleMs)
  const pid = child.process.pid!
  const idle = await memoryPartsOf(pid)
  await visit(address, { users, items, events })
  await settled(env.PICKSTREAM_DATA_DIR)
  const busy = await memoryPartsOf(pid)
  const visitor = await Visitor.open(`${address}/graphql`, ['item-1', 'item-2', 'item-3', 'item-4', 'item-5'])
  const push = await visitor.clickUntil(rest(idleMs))
  visitor.close()
  await child.stop()
  const fileBytes = (await stat(dataFile(env.PICKSTREAM_DATA_DIR))).size
  return { items, users, events, readySeconds, idle, busy, push, fileBytes }
}

async function start(env: Readonly<Record<string, string>>, surroundings: Surroundings) {
  const begun = performance.now()
  const child = startChild('start/main', env, surroundings)
  const { address } = (await child.firstMessage) as { address: string }
  while ((await fetch(`${address}/health/ready`)).status !== 200) await rest(50)
  return { child, address, readySeconds: (performance.now() - begun) / 1000 }
}

/** One event each of `events` users, spread evenly over all. */
async function visit(address: string, { users, items, events }: ShopSize & { readonly events: number }): Promise<void> {
  const step = Math.max(1, Math.floor(users / events))
  for (let from = 0; from < events; from += perMutation) {
    const batch = Array.from({ length: Math.min(perMutation, events - from) }, (_, n) => ({
      userId: userIdOf(((from + n) * step) % users),
      itemId: `item-${((from + n) * 7919) % items}`,
      type: 'VIEW',
    }))
    await ask(`${address}/graphql`, recordMutation, { events: batch })
  }
}

/** Resolves once every stage of the product that uses the folder has processed its topics. */
async function settled(dir: string): Promise<void> {
  const { log, close } = await openEmbedded({ dir, lock: false })
  try {
    await drained(log, 100, drainMsMax)
  } finally {
    await close()
  }
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
