import { readConfig } from '../../platform/config.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openPlatform } from '../../platform/open-platform.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { appendEvents, putShop } from '../pipeline/prepare.ts'
import { type Child, startChild } from './child.ts'
import type { Surroundings } from './scratch.ts'
import type { Shop } from './shop.ts'

const untrained = { PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0', PICKSTREAM_TRACES_PER_SECOND: '0' }

/** The product as `npm start` runs it, on a free port, with a catalog, a model and a past. @returns its address */
export async function startProduct(
  { env, shop, past }: { env: Readonly<Record<string, string>>; shop: Shop; past: readonly EventRecord[] },
  surroundings: Surroundings,
  onServer: (server: Child) => void = () => {},
): Promise<string> {
  const all = { ...env, ...untrained, PICKSTREAM_DEMO: 'off', PICKSTREAM_PORT: '0', PICKSTREAM_LIMIT_RATE: '0' }
  const config = readConfig(all)
  const platform = await openPlatform({ config, logger: silentLogger, name: 'bench' })
  await putShop(platform.log, platform.store, shop, past)
  await appendEvents(platform.log, past)
  await platform.close()
  const isEmbedded = config.PLATFORM === 'embedded'
  if (!isEmbedded) startChild('workers/main', all, surroundings)
  const server = startChild(isEmbedded ? 'start/main' : 'server/main', all, surroundings)
  onServer(server)
  const { address } = (await server.firstMessage) as { address: string }
  return address
}

/** Sends one request. @throws Error with the message of the server's first error */
export async function ask<Data>(url: string, query: string, variables: Record<string, unknown>): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] }
  if (errors) throw new Error(errors[0]?.message)
  return data
}

export const recordMutation = 'mutation ($events: [EventInput!]!) { recordEvents(events: $events) { accepted token } }'

/** An event as a client sends it. */
export const toInput = ({ eventId, userId, itemId, type, timestamp }: EventRecord) => ({
  eventId,
  userId,
  itemId,
  type,
  timestamp,
})
