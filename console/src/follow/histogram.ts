import type { TracesQuery } from '../generated/graphql.ts'

export type Trace = TracesQuery['eventTraces'][number]

/** Where the bars begin and end, in milliseconds: three to the decade, so that 5 ms and 5 s fit in one picture. */
export const boundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const

export interface Latencies {
  /** Ascending. */
  readonly all: readonly number[]
  /** One more than bounds: the last is what took longer than all of them. */
  readonly bars: readonly number[]
}

/** From the way in to the push; undefined while the event has not got that far. */
export function eventToPushMs({ spans }: Trace): number | undefined {
  const pushes = spans.filter(({ name }) => name === 'push')
  const [first] = spans
  if (pushes.length === 0 || first === undefined) return undefined
  return Math.min(...pushes.map(({ endMs }) => endMs)) - first.startMs
}

/** From the way in to the stored list, which queries read; undefined while the event has not got that far. */
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

/** The smallest value that at least this share of all values do not exceed; undefined of none. */
export function quantile(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]
}
