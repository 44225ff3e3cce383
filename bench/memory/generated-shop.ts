import { itemKey } from '../../engine/items/deltas.ts'
import { pairColumns } from '../../engine/items/row.ts'
import { trendHalfLivesMs } from '../../engine/items/trends.ts'
import { floatsToBytes } from '../../engine/math/bytes.ts'
import { seededRandom } from '../../engine/math/random.ts'
import type { ItemWeights } from '../../engine/train/item-weights.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import { readConfig } from '../../platform/config.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openPlatform, type Platform } from '../../platform/open-platform.ts'
import { encodeSideRow } from '../../schema/records/item-side.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { ask, recordMutation, toInput } from '../harness/product.ts'
import { Shop } from '../harness/shop.ts'
import { putCatalog, putModel } from '../pipeline/prepare.ts'

export interface ShopSize {
  readonly items: number
  readonly users: number
}

/** Pairs in the row of an item. A row holds at most 200. */
export const pairsPerItem = 60
/** Entries per item of each of the two item-to-item models. */
export const neighborsPerItem = 40
const dimensions = 64
/** Users whose states and lists the product makes; all other users get copies. */
const templateUsers = 200
const eventsPerTemplate = 20
const itemsPerAppend = 2_000
const rowsPerPut = 2_000

export const userIdOf = (n: number): string => `user-${n}`

/** Opens the folder that a product with this environment uses. */
export const openFolder = (env: Readonly<Record<string, string>>): Promise<Platform> =>
  openPlatform({ config: readConfig(env), logger: silentLogger, name: 'bench' })

/** Sends `eventsPerTemplate` events for each template user to a running product, which computes their states and lists. */
export async function makeTemplates(address: string): Promise<void> {
  const shop = new Shop({ users: templateUsers, items: 1_000 })
  const perUser = shop.events(templateUsers * eventsPerTemplate, Date.now() - 86_400_000)
  for (const [n, event] of perUser.entries()) Object.assign(event, { userId: userIdOf(n % templateUsers) })
  for (let from = 0; from < perUser.length; from += 100) {
    const events = perUser.slice(from, from + 100).map(toInput)
    await ask(`${address}/graphql`, recordMutation, { events })
  }
}

/** Copies the states and lists of the template users to all other users. */
export async function copyUsers({ store }: Platform, users: number): Promise<void> {
  const templates = Array.from({ length: templateUsers }, (_, n) => ({ partition: userIdOf(n) }))
  for (const table of [tables.userStates, tables.listsByUser]) {
    const values = await store.get(table, templates)
    if (values.includes(undefined)) throw new Error(`${table.name}: the row of a template user is missing`)
    for (let from = templateUsers; from < users; from += rowsPerPut) {
      const rows = Array.from({ length: Math.min(rowsPerPut, users - from) }, (_, n) => ({
        partition: userIdOf(from + n),
        value: values[(from + n) % templateUsers]!,
        writeTimestamp: 1n,
      }))
      await store.put(table, rows)
    }
  }
}

/** Puts the catalog, a row of `pairsPerItem` pairs for each item, and a model that knows all items. */
export async function putItemSide({ log, store }: Platform, itemCount: number): Promise<void> {
  const { items } = new Shop({ users: 1, items: itemCount })
  const random = seededRandom(7)
  const now = Date.now()
  for (let from = 0; from < itemCount; from += itemsPerAppend) {
    const some = items.slice(from, from + itemsPerAppend)
    await putCatalog(log, some)
    const rows = some.map(({ id }) => ({ key: itemKey(id), value: encodeSideRow(rowOf(id, itemCount, now, random)) }))
    await log.append(topics.sideRows, rows)
  }
  const model = modelOf(
    items.map(({ id }) => id),
    random,
  )
  await putModel(log, store, model)
}

function rowOf(id: string, itemCount: number, now: number, random: () => number) {
  const predecessors = new Set<string>()
  while (predecessors.size < Math.min(pairsPerItem, itemCount)) predecessors.add(`item-${popular(itemCount, random)}`)
  const weights = Float32Array.from({ length: predecessors.size * pairColumns }, random)
  const row = {
    key: itemKey(id),
    lastAt: now,
    events: 100,
    users: 80,
    firstAt: now - 86_400_000,
    trend: trendHalfLivesMs.map(() => random()),
    predecessors: [...predecessors],
    weights: floatsToBytes(weights),
  }
  return { row, sources: {} }
}

/** An item number; half of the draws fall on a tenth of the items. */
const popular = (itemCount: number, random: () => number): number =>
  Math.floor(itemCount * random() ** (Math.log(0.1) / Math.log(0.5)))

function modelOf(items: readonly string[], random: () => number): TrainedModel {
  const factors = Float32Array.from({ length: items.length * dimensions }, () => (random() - 0.5) / 4)
  return {
    version: 1,
    trainedAt: Date.now(),
    fittedUntil: Date.now(),
    stats: { events: 1_000_000, users: 100_000, items: items.length },
    validation: null,
    items: [...items],
    index: new Map(items.map((id, row) => [id, row])),
    dimensions,
    factors,
    foldIn: { alpha: 10, itemsMax: 64 },
    itemRegression: weightsOf(items.length, random),
    itemKnn: weightsOf(items.length, random),
    blend: null,
  }
}

function weightsOf(items: number, random: () => number): ItemWeights {
  const size = items * neighborsPerItem
  return {
    starts: Int32Array.from({ length: items + 1 }, (_, item) => item * neighborsPerItem),
    targets: Int32Array.from({ length: size }, () => popular(items, random)),
    weights: Float32Array.from({ length: size }, random),
  }
}
