import { useMemo } from 'react'
import type uPlot from 'uplot'
import { count, percent } from '../format.ts'
import { QualityDocument, type QualityQuery } from '../generated/graphql.ts'
import { axis, Chart, type Colour, type Data } from '../ui/chart.tsx'
import { Empty, Panel, Problem, Stat, Stats, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'

const options = (colour: Colour) => {
  const line = (label: string, property: string): uPlot.Series => ({
    label,
    stroke: colour(property),
    width: 2,
    points: { show: true, size: 6, fill: colour(property) },
    value: (_, share) => (share === null ? '–' : percent(share)),
  })
  return {
    padding: [8, 8, 0, 0] as uPlot.Padding,
    scales: {
      y: { range: (_: uPlot, _min: number, max: number): [number, number] => [0, Math.max(max * 1.15, 0.05)] },
    },
    axes: [
      axis(colour, { size: 28, space: 70, values: (_, at) => at.map(sayTime) }),
      axis(colour, { size: 44, values: (_, at) => at.map((share) => percent(share, 0)) }),
    ],
    series: [
      { value: (_: uPlot, at: number | null) => (at === null ? '–' : new Date(at * 1000).toLocaleString('en')) },
      line('Hit rate', '--series-1'),
      line('Mean reciprocal rank', '--series-2'),
    ],
  } satisfies Omit<uPlot.Options, 'width' | 'height'>
}

/** How good the lists are by live traffic, hour by hour. */
export function QualityPanel() {
  const { data, error, askAgain } = useFreshQuery({ query: QualityDocument }, 10_000)
  const hours = data?.quality
  const series = useMemo(() => seriesOf(hours ?? []), [hours])
  const newest = hours?.at(-1)
  return (
    <Panel
      title="Quality on live traffic"
      note="Of the events whose item was wanted and new to the user: how many were among the first 20 of the list just before."
    >
      {error && <Problem error={error} again={askAgain} />}
      {!hours && !error && <Waiting />}
      {hours?.length === 0 && <Empty>Nothing was scored yet.</Empty>}
      {newest && (
        <>
          <Stats>
            <Stat name="Hit rate, newest hour" value={percent(newest.hitRate)} />
            <Stat name="Mean reciprocal rank" value={newest.meanReciprocalRank.toFixed(3)} />
            <Stat name="Scored events" value={count(newest.scored)} />
          </Stats>
          <Chart
            data={series}
            options={options}
            height={240}
            label={`Hit rate and mean reciprocal rank of the last ${hours!.length} hours; the newest hit rate is ${percent(newest.hitRate)}`}
          />
        </>
      )}
    </Panel>
  )
}

/** A line ends where hours without events begin. */
function seriesOf(hours: QualityQuery['quality']): Data {
  const columns: [number[], (number | null)[], (number | null)[]] = [[], [], []]
  const put = (at: number, hitRate: number | null, rank: number | null) => {
    columns[0].push(at)
    columns[1].push(hitRate)
    columns[2].push(rank)
  }
  let expected: number | undefined
  for (const { hour, hitRate, meanReciprocalRank } of hours) {
    const at = Date.parse(hour) / 1000
    if (expected !== undefined && at > expected) put(expected, null, null)
    put(at, hitRate, meanReciprocalRank)
    expected = at + 3600
  }
  return columns
}

function sayTime(seconds: number): string {
  const at = new Date(seconds * 1000)
  if (at.getHours() === 0 && at.getMinutes() === 0)
    return at.toLocaleDateString('en', { month: 'short', day: 'numeric' })
  return at.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}
