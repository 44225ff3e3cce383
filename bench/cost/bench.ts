import { readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { type StageName, topology } from '../../workers/topology.ts'
import { type Figure, figureAlone } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { generateClicks } from '../load/click-log.ts'
import { appendEvents, putCatalog } from '../pipeline/prepare.ts'
import { type Cost, CostMeter, costBeyond, through } from './stage-cost.ts'

/** In the order of the event flow; `backfill` is paced by the others, so it is measured by `npm run bench -- load`. */
const measuredStages = ['embed', 'learn', 'recommend', 'sink', 'quality', 'experiments', 'archive'] as const

type MeasuredStage = (typeof measuredStages)[number]

interface StageCost extends Cost {
  readonly stage: MeasuredStage
  /** Records that the stage read. */
  readonly records: number
}

export interface CostRun {
  readonly events: number
  /** Lists computed from them. */
  readonly lists: number
  readonly stages: readonly StageCost[]
}

const eventsAtFullScale = 116_285

/** Processor time of an event and of a list, stage by stage, in one process and over the embedded log and store. */
export async function costBench(surroundings: Surroundings): Promise<Figure[]> {
  return costFigures(await measureCosts(surroundings.quick ? 0.1 : 0.5, surroundings))
}

/**
 * Runs each stage alone, one after another, over the same events: first half of a generated log to warm up, then half
 * of it measured. What a stage costs from start to stop with a single event is subtracted.
 *
 * @param scale share of 116,285 events
 */
export async function measureCosts(scale: number, { say, folder, onEnd }: Surroundings): Promise<CostRun> {
  const { log, store, close } = await openEmbedded({ dir: await folder() })
  onEnd(close)
  await log.createTopics(topicSpecs(1))
  const clicks = generateClicks(scale, Date.now())
  const events = clicks.events.map((event): EventRecord => ({ ...(event as EventRecord), v: 1, kind: 'event' }))
  const items = clicks.itemIds.map((id) => ({ v: 1 as const, id, title: `Item ${id}` }))
  await putCatalog(log, items)
  const half = events.length >>> 1
  say(`warming up with ${half} of ${Math.round(eventsAtFullScale * scale)} events`)

  const meter = new CostMeter()
  onEnd(() => meter.stop())
  const config = readConfig({ PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0' })
  const run = async (stage: MeasuredStage) => {
    const stages: StageName[] = [stage]
    const workers = await startWorkers({ log, store, clock, config, logger: silentLogger, stages, instance: 'bench' })
    await through(log, stage, topology[stage].from)
    await workers.stop()
  }
  await appendEvents(log, events.slice(0, half))
  for (const stage of measuredStages) await run(stage)
  const idle = new Map<MeasuredStage, Cost>()
  await appendEvents(log, events.slice(half, half + 1))
  for (const stage of measuredStages) idle.set(stage, await meter.measure(() => run(stage)))

  const listsBefore = sum(await log.endOffsets(topics.lists))
  const measured = events.slice(half + 1)
  await appendEvents(log, measured)
  const stages: StageCost[] = []
  for (const stage of measuredStages) {
    const { from } = topology[stage]
    const records = sum(await log.endOffsets(from)) - sum(await log.committedOffsets(stage, from))
    const whole = await meter.measure(() => run(stage))
    stages.push({ stage, records, ...costBeyond(whole, idle.get(stage)!) })
    say(`${stage}: ${records} records`)
  }
  const lists = sum(await log.endOffsets(topics.lists)) - listsBefore
  return { events: measured.length, lists, stages }
}

export function costFigures({ events, lists, stages }: CostRun): Figure[] {
  const note = `${events} events of which ${lists} lists were made, each stage alone and over its whole backlog. Processor time of all threads; GC: pauses of the stages' thread, a part of it.`
  const perEvent = ({ stage, cpu, gc, records }: StageCost): Figure[] => [
    figureAlone({ name: `${stage} (${records} records)`, unit: 'µs an event', note }, [cpu / events]),
    figureAlone({ name: `${stage}: GC`, unit: 'µs an event' }, [gc / events]),
  ]
  const ranking = stages.find(({ stage }) => stage === 'recommend')
  const total = (which: 'cpu' | 'gc') => [stages.reduce((all, stage) => all + stage[which], 0) / events]
  return [
    ...stages.flatMap(perEvent),
    figureAlone({ name: 'all stages', unit: 'µs an event' }, total('cpu')),
    figureAlone({ name: 'all stages: GC', unit: 'µs an event' }, total('gc')),
    figureAlone({ name: 'recommend', unit: 'µs a list' }, [(ranking?.cpu ?? 0) / Math.max(1, lists)]),
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
