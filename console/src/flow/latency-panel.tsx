import { useMemo } from 'react'
import uPlot from 'uplot'
import { boundsMs, latenciesOf, quantile } from '../follow/histogram.ts'
import { ms } from '../format.ts'
import { TracesDocument } from '../generated/graphql.ts'
import { Link, pathTo } from '../router.tsx'
import { axis, Chart, type Color } from '../ui/chart.tsx'
import { Empty, Panel, Pending, Stat, Stats } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'

const names = [...boundsMs.map((bound) => (bound < 1000 ? `${bound}` : `${bound / 1000} s`)), 'more']
const xs = names.map((_, n) => n)

const options = (color: Color) =>
  ({
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 4, 0, 0],
    scales: {
      x: { time: false, range: [-0.6, names.length - 0.4] },
      y: { range: (_, _min, max) => [0, Math.max(max, 4)] },
    },
    axes: [
      axis(color, {
        splits: () => xs,
        values: (plot, at) => at.map((n) => (plot.width < 480 && n % 2 === 1 ? '' : names[n])),
        grid: { show: false },
        size: 26,
        space: 1,
      }),
      axis(color, { size: 34, incrs: [1, 2, 5, 10, 20, 50], space: 28 }),
    ],
    series: [
      {},
      {
        fill: color('--series-3'),
        stroke: color('--series-3'),
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars!({ size: [0.82], radius: 0.15 }),
      },
    ],
  }) satisfies Omit<uPlot.Options, 'width' | 'height'>

/** Histogram of the time from event to push of the traced events. */
export function LatencyPanel() {
  const { data, error, askAgain } = useFreshQuery(
    { query: TracesDocument, variables: { first: 100, eventId: null } },
    3_000,
  )
  const { all, bars } = useMemo(() => latenciesOf(data?.eventTraces ?? []), [data])
  const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)]
  return (
    <Panel
      title="From event to push"
      note="Histogram of the newest traced events, in milliseconds from the mutation to the server's push."
      tools={<Link href={pathTo('events')}>Trace an event</Link>}
    >
      <Pending of={{ data, error, askAgain }} />
      {data && p50 === undefined && <Empty>No event has been traced yet. Send one from the page “Events”.</Empty>}
      {p50 !== undefined && p99 !== undefined && (
        <>
          <Stats>
            <Stat name="p50" value={ms(p50)} />
            <Stat name="p99" value={ms(p99)} />
            <Stat name="Events" value={all.length} />
          </Stats>
          <Chart
            data={[xs, [...bars]]}
            options={options}
            height={190}
            label={`Histogram of ${all.length} events: half took at most ${ms(p50)}, 99 of 100 at most ${ms(p99)}`}
          />
        </>
      )}
    </Panel>
  )
}
