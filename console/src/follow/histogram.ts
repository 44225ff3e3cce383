import type { TracesQuery } from '../generated/graphql.ts'

export type Trace = TracesQuery['eventTraces'][number]

/** Upper bounds of the bars, ms: three per decade, so that 5 ms and 5 s fit into one chart. */
export const boundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const

export interface Latencies {
  /** Ascending. */
  readonly all: readonly number[]
  /** Counts per bar; the last one counts values above all bounds. */
  readonly bars: readonly number[]
}

/** From the acceptance of the event to the first push, ms; undefined while there is none. */
export function eventToPushMs({ spans }: Trace): number | undefined {
  const pushes = spans.filter(({ name }) => name === 'push')
  const [first] = spans
  if (pushes.length === 0 || first === undefined) return undefined
  return Math.min(...pushes.map(({ endMs }) => endMs)) - first.startMs
}

/** From the acceptance of the event to the stored list, which queries read, ms; undefined while it is not stored. */
export function eventToListMs({ spans }: Trace): number | undefined {
  const sink = spans.find(({ name }) => name === 'sink')
  return sink && sink.endMs - spans[0].startMs
}

export function latenciesOf(traces: readonly Trace[]): Latencies {
  const all = traces.flatMap((trace) => eventToPushMs(trace) ?? []).sort((a, b) => a - b)
  const bars = new Array<number>(boundsMs.length + 1).fill(0)
  for (const ms of all) {
    const bar = boundsMs.findIndex((bound) => ms <= bound)
    bars[bar === -1 ? boundsMs.length : bar] += 1
  }
  return { all, bars }
}

/**
 * Quantile by nearest rank: the smallest value that at least `share` of all values do not exceed; undefined without
 * values.
 */
export function quantile(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]
}
