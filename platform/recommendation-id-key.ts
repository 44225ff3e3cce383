import { hash, randomBytes } from 'node:crypto'
import { tables } from '../schema/tables.ts'
import type { Config } from './config.ts'
import type { Store } from './ports/store.ts'

const keyBytes = 32
/** Row of the key in table settings. */
export const idKeyRow = { partition: 'recommendation-id-key' }

/**
 * Returns the key that authenticates recommendation ids (schema/recommendation-id.ts): derived from
 * PICKSTREAM_ID_SECRET, or else random, created by the first process and shared through the store.
 */
export async function recommendationIdKey(
  { ID_SECRET }: Pick<Config, 'ID_SECRET'>,
  store: Pick<Store, 'get' | 'putIfAbsent'>,
): Promise<Uint8Array> {
  if (ID_SECRET !== undefined) return hash('sha256', `recommendation-id\n${ID_SECRET}`, 'buffer')
  const [known] = await store.get(tables.settings, [idKeyRow])
  return known ?? store.putIfAbsent(tables.settings, { ...idKeyRow, value: randomBytes(keyBytes) })
}
