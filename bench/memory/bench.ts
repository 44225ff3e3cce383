import { startChild } from '../harness/child.ts'
import { memoryOf } from '../harness/cpu-time.ts'
import { type Figure, figureAlone } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { neighborsPerItem, pairsPerItem, type ShopSize } from './generated-shop.ts'
import { measureShop, type ShopMemory } from './measure.ts'

export interface MemoryBenchOptions {
  /** Measures one shop of this size in place of the table. */
  readonly items?: number
  readonly users?: number
}

const base: ShopSize = { items: 1_000, users: 1_000 }
const sizes: readonly ShopSize[] = [
  { ...base, items: 20_000 },
  { ...base, items: 200_000 },
  { ...base, users: 100_000 },
  { ...base, users: 1_000_000 },
]
const eventsMax = 10_000
const bytesPerItemMax = 2_000

/** Memory of one process as `npm start` runs it, by the number of items and users. */
export async function memoryBench(options: MemoryBenchOptions, surroundings: Surroundings): Promise<Figure[]> {
  const measure = (size: ShopSize) => measureShop({ ...size, events: Math.min(size.users, eventsMax) }, surroundings)
  if (options.items !== undefined || options.users !== undefined)
    return figuresOf(await measure({ ...base, ...options }))
  const figures = [figureAlone({ name: 'just started, no data', unit: 'MB' }, [mb(await memoryOfEmpty(surroundings))])]
  const smallest = await measure(base)
  figures.push(...figuresOf(smallest))
  for (const size of surroundings.quick ? sizes.slice(0, 1) : sizes) {
    const shop = await measure(size)
    figures.push(...figuresOf(shop))
    if (size.items > base.items) figures.push(bytesPerItem(shop, smallest))
  }
  return figures
}

async function memoryOfEmpty(surroundings: Surroundings): Promise<number> {
  const env = { PICKSTREAM_PORT: '0', PICKSTREAM_DEMO: 'off', PICKSTREAM_DATA_DIR: await surroundings.folder() }
  const { process, firstMessage, stop } = startChild('start/main', env, surroundings)
  await firstMessage
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  const bytes = await memoryOf(process.pid!)
  await stop()
  return bytes
}

function figuresOf({ items, users, events, readySeconds, idle, busy, push, fileBytes }: ShopMemory): Figure[] {
  const shop = `${items.toLocaleString('en')} items, ${users.toLocaleString('en')} users`
  const note = `Generated: ${pairsPerItem} pairs an item, a model of 64 factors and twice ${neighborsPerItem} neighbors an item; each user has a state of 20 events and a list. Own memory: without the pages of the data file. Events: ${events}, each of another user.`
  const figure = (name: string, unit: string, value: number) =>
    figureAlone({ name: `${shop}: ${name}`, unit, note }, [value])
  return [
    figure('ready', 's', readySeconds),
    figure('own memory, idle', 'MB', mb(idle.anonymous)),
    figure('resident memory, idle', 'MB', mb(idle.resident)),
    figure('own memory after the events', 'MB', mb(busy.anonymous)),
    figure('resident memory after the events', 'MB', mb(busy.resident)),
    figure('data file', 'MB', mb(fileBytes)),
    figure('click to list, p50', 'ms', push.p50),
    figure('click to list, p99', 'ms', push.p99),
  ]
}

function bytesPerItem(shop: ShopMemory, smallest: ShopMemory): Figure {
  const bytes = (shop.idle.anonymous - smallest.idle.anonymous) / (shop.items - smallest.items)
  const must = { of: 'value', atMost: bytesPerItemMax } as const
  return figureAlone({ name: `own memory an item, up to ${shop.items.toLocaleString('en')}`, unit: 'bytes', must }, [
    bytes,
  ])
}

const mb = (bytes: number): number => Math.round(bytes / 1e6)
