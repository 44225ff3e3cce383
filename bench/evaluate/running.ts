import { eventAt, prefixOf, type TrainingLog } from '../../engine/train/log.ts'
import type { RankingMetrics } from '../../engine/train/model.ts'
import { evaluatedTop, RankingMetricsSum } from '../../engine/train/ranking-metrics.ts'
import { testThenTrain } from '../../engine/train/test-then-train.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import type { Interaction, ItemMeta } from '../../engine/types.ts'
import { putItems, recordEvents } from '../../tools/import/import-file.ts'
import { createPace, untilCaughtUp } from '../../tools/import/pace.ts'
import type { GraphQLClient } from '../../tools/lib/graphql-client.ts'
import type { Progress } from './progress.ts'
import { walkOnce } from './walk.ts'

const batchSize = 500
const freshMsMax = 30_000
/** Of `exclude`, by the schema. */
const excludedMax = 1000

export interface Running {
  events: number
  scored: number
  /** Through recordEvents, then recommendations with `after`. */
  running: RankingMetrics
  /** Figures of the engine alone on the same events. */
  engine: RankingMetrics
  /** running ÷ engine. */
  hrRatio: number
  /** Time from a mutation to the list that includes it, ms. */
  freshMs: { p50: number; p99: number }
  /** The server's reason about the training. */
  training: string
}

/**
 * Evaluates a running server without data: all but the `last` events go in through its API, it trains, then each of
 * the last is asked for and revealed, as `evaluate` does with the engine alone.
 */
export async function evaluateRunning(
  log: TrainingLog,
  last: number,
  client: GraphQLClient,
  progress: Progress,
): Promise<Running> {
  const from = Math.max(0, log.size - last)
  await importHistory(log, from, client, progress)
  const training = await retrain(client)
  await untilCaughtUp(client, () => {})
  const places = scoredPlaces(log, from)
  const { figures: running, freshMs } = await askAndReveal(log, from, places, client, progress)
  const engine = engineOn(log, from, progress)
  progress.end()
  return {
    events: log.size - from,
    scored: places.size,
    running,
    engine,
    hrRatio: running.hr / engine.hr,
    freshMs,
    training,
  }
}

async function importHistory(log: TrainingLog, from: number, client: GraphQLClient, progress: Progress) {
  const items = itemsOf(log)
  for (let k = 0; k < items.length; k += batchSize) await putItems(client, items.slice(k, k + batchSize))
  const pace = createPace(client)
  for (let place = 0; place < from; place += batchSize) {
    const events = Array.from({ length: Math.min(batchSize, from - place) }, (_, k) => eventAt(log, place + k))
    const token = await recordEvents(client, events.map(toEventInput), 'LIVE')
    await pace.next(events.at(-1)!.userId, token)
    progress.draw('import', place / from)
  }
  await untilCaughtUp(client, () => {})
}

async function retrain(client: GraphQLClient): Promise<string> {
  const query = 'mutation { retrain { published reason model { version } } }'
  const { retrain } = await client<{
    retrain: { published: boolean; reason: string | null; model: { version: number } }
  }>(query)
  if (retrain.published) return `model ${retrain.model.version} published`
  return `not published: ${retrain.reason}; model ${retrain.model.version} serves`
}

/** The places that the protocol scores (see testThenTrain), each with what its user has touched, the newest items. */
function scoredPlaces(log: TrainingLog, from: number): ReadonlyMap<number, readonly string[]> {
  const places = new Map<number, readonly string[]>()
  const onQuery = (_event: Interaction, place: number, touched: ReadonlySet<string>) =>
    places.set(place, [...touched].slice(-excludedMax))
  const walk = testThenTrain(log, { apply() {} }, { mode: 'events', from, onQuery })
  while (!walk.next().done);
  return places
}

const listQuery = `query Ask($userId: ID!, $after: String, $exclude: [ID!]) {
  recommendations(userId: $userId, first: ${evaluatedTop}, after: $after, exclude: $exclude, timeoutMs: ${freshMsMax}) { picks { item { id } } }
}`

async function askAndReveal(
  log: TrainingLog,
  from: number,
  places: ReadonlyMap<number, readonly string[]>,
  client: GraphQLClient,
  progress: Progress,
) {
  const tokens = new Map<string, string>()
  const sum = new RankingMetricsSum()
  const waits: number[] = []
  for (let place = from; place < log.size; place++) {
    const event = eventAt(log, place)
    const exclude = places.get(place)
    if (exclude !== undefined) {
      const after = tokens.get(event.userId) ?? null
      const variables = { userId: event.userId, after, exclude }
      const begun = performance.now()
      const { recommendations } = await client<{ recommendations: { picks: { item: { id: string } }[] } }>(
        listQuery,
        variables,
      )
      if (after !== null) waits.push(performance.now() - begun)
      sum.add(recommendations.picks.findIndex(({ item }) => item.id === event.itemId) + 1)
    }
    tokens.set(event.userId, await recordEvents(client, [toEventInput(event)], 'LIVE'))
    progress.draw('ask and reveal', (place - from) / (log.size - from))
  }
  waits.sort((a, b) => a - b)
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { figures: sum.metrics, freshMs: { p50: at(0.5), p99: at(0.99) } }
}

function engineOn(log: TrainingLog, from: number, progress: Progress): RankingMetrics {
  const options = { version: 1, trainedAt: log.times[Math.max(0, from - 1)]! }
  const { model } = progress.run('train', trainModel(prefixOf(log, from), options), ({ phase, done }) => ({
    label: phase,
    done,
  }))
  const plan = {
    mode: 'events',
    from,
    freshness: 'live',
    methods: ['pickstream'],
    queriesMax: Number.POSITIVE_INFINITY,
  } as const
  const walk = walkOnce(log, model, plan)
  return progress.run('engine', walk, (done) => ({ label: 'engine', done })).results.get('pickstream')!
}

/** The catalog, and every other item of the log: a server lists only what is in its catalog. */
function itemsOf({ catalog, itemIds }: TrainingLog) {
  const known = new Set(catalog.map(({ id }) => id))
  const others = itemIds.filter((id) => !known.has(id))
  return [...catalog.map(toItemInput), ...others.map((id) => ({ id, title: id, categories: [], tags: [] }))]
}

function toItemInput({ id, title, categories, tags, price }: ItemMeta) {
  return { id, title: title || id, categories, tags, ...(price !== null && { price }) }
}

function toEventInput({ eventId, userId, itemId, type, value, quantity, timestamp: at }: Interaction) {
  const timestamp = new Date(at).toISOString()
  return { eventId, userId, itemId, type, quantity, timestamp, ...(value !== null && { value }) }
}

export function printRunning(result: Running, out: NodeJS.WritableStream): void {
  const line = (name: string, { hr, mrr, ndcg }: RankingMetrics) =>
    `${name}  HR@20 ${hr.toFixed(4)}  MRR@20 ${mrr.toFixed(4)}  NDCG@20 ${ndcg.toFixed(4)}\n`
  const { events, scored, running, engine, hrRatio, freshMs, training } = result
  out.write(`${events} events, ${scored} scored; ${training}\n`)
  out.write(line('running system', running) + line('engine alone  ', engine))
  out.write(`HR of the running system is ${(hrRatio * 100).toFixed(1)} % of the engine's; `)
  out.write(
    `a list that knows of an event came after ${freshMs.p50.toFixed(0)} ms (p50), ${freshMs.p99.toFixed(0)} ms (p99)\n`,
  )
}
