import { openCluster } from '../harness/cluster.ts'
import type { Memory } from '../harness/cpu-time.ts'
import { type Figure, figureAlone, figureOf } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { generateClicks, readClicks } from './click-log.ts'
import { type LoadOptions, type LoadRun, runLoad } from './run.ts'
import type { Phase } from './visitor.ts'

export interface LoadBenchOptions {
  /** Share of 116,285 events: generated, or the oldest of the file. */
  readonly scale: number
  readonly events?: string
  readonly platform: 'embedded' | 'cluster' | 'both'
  readonly priority: 'LIVE' | 'BULK'
}

const eventsAtFullScale = 116_285

/** Latency of a visitor's lists before, during and after a log is sent through recordEvents at full speed. */
export async function loadBench(
  { scale, events, platform, priority }: LoadBenchOptions,
  surroundings: Surroundings,
): Promise<Figure[]> {
  const log =
    events === undefined
      ? generateClicks(scale, Date.now())
      : await readClicks(events, Math.round(eventsAtFullScale * scale))
  const options = { log, priority, quietSeconds: surroundings.quick ? 5 : 10 }
  const figures: Figure[] = []
  if (platform !== 'cluster') {
    const env = { PICKSTREAM_DATA_DIR: await surroundings.folder() }
    figures.push(...figuresOf('one process', await runLoad(env, options, surroundings), options))
  }
  if (platform !== 'embedded') {
    const { env } = await openCluster(surroundings)
    figures.push(...figuresOf('Kafka + Cassandra', await runLoad(env, options, surroundings), options))
  }
  return figures
}

function figuresOf(name: string, run: LoadRun, { log, priority }: LoadOptions): Figure[] {
  const { before, during, after, eventsPerSecond, cpuSeconds, memoryBefore, memoryAfter, memoryQuietAgain } = run
  const shape = `${log.events.length} events of ${log.users} users on ${log.itemIds.length} items`
  const note = `${name}: ${shape}, sent through recordEvents(priority: ${priority}), 500 a mutation, four in flight. The visitor clicks every 300 ms and waits for no list; ${during.conflated} of ${during.clicks} clicks during the load shared the list of a later click (${before.conflated} of ${before.clicks} before). The reference is the same before the load.`
  const push = (what: string, phase: Phase, p50Max?: number, p99Max?: number) => [
    figureOf({ name: `${name}: push ${what}, p50`, unit: 'ms', note, must: must(p50Max) }, [pair(phase, 'p50')]),
    figureOf({ name: `${name}: push ${what}, p99`, unit: 'ms', note, must: must(p99Max) }, [pair(phase, 'p99')]),
  ]
  const pair = (phase: Phase, which: 'p50' | 'p99') => ({ value: phase[which], reference: before[which] })
  const must = (atMost?: number) => (atMost === undefined ? undefined : ({ of: 'ratio', atMost } as const))
  const memory = (when: string, { resident, anonymous }: Memory, atMost?: number) => [
    figureAlone(
      { name: `${name}: memory ${when}`, unit: 'MB', must: atMost === undefined ? undefined : { of: 'value', atMost } },
      [Math.round(resident / 1e6)],
    ),
    figureAlone({ name: `${name}: memory ${when}, without pages of files`, unit: 'MB' }, [Math.round(anonymous / 1e6)]),
  ]
  return [
    ...push('during the load', during, 3, 5),
    ...push('after the load', after),
    figureAlone({ name: `${name}: through all stages`, unit: 'events/s', must: { of: 'value', atLeast: 12_000 } }, [
      eventsPerSecond,
    ]),
    figureAlone({ name: `${name}: processor time`, unit: 'µs an event' }, [(cpuSeconds / log.events.length) * 1e6]),
    ...memory('just started', memoryBefore, 200),
    ...memory('after the load', memoryAfter, 500),
    ...memory('once quiet again', memoryQuietAgain),
  ]
}
