import { useMemo } from 'react'
import type uPlot from 'uplot'
import { count, percent } from '../format.ts'
import { QualityDocument } from '../generated/graphql.ts'
import { axis, Chart, type Color, type Data } from '../ui/chart.tsx'
import { Empty, Panel, Pending, Stat, Stats } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { trailing } from './trailing.ts'

const windowHours = 6

const options = (color: Color) => {
  const line = (label: string, property: string): uPlot.Series => ({
    label,
    stroke: color(property),
    width: 2,
    points: { show: (plot) => plot.data[0].length < 3, size: 8, fill: color(property) }, // one hour alone is no line
    value: (_, share) => (share === null ? '–' : percent(share)),
  })
  return {
    padding: [8, 8, 0, 0] as uPlot.Padding,
    scales: {
      y: { range: (_: uPlot, _min: number, max: number): [number, number] => [0, Math.max(max * 1.15, 0.05)] },
    },
    axes: [
      axis(color, { size: 28, space: 70, values: (_, at) => at.map(sayTime) }),
      axis(color, { size: 44, values: (_, at) => at.map((share) => percent(share, 0)) }),
    ],
    series: [
      { value: (_: uPlot, at: number | null) => (at === null ? '–' : new Date(at * 1000).toLocaleString('en')) },
      line('Hit rate', '--series-1'),
      line('Mean reciprocal rank', '--series-2'),
    ],
  } satisfies Omit<uPlot.Options, 'width' | 'height'>
}

/** Quality of the lists on live traffic, per hour. */
export function QualityPanel() {
  const { data, error, askAgain } = useFreshQuery({ query: QualityDocument }, 10_000)
  const hours = data?.quality
  const series = useMemo((): Data => {
    const shares = trailing(hours ?? [], windowHours)
    return [
      shares.map(({ at }) => at),
      shares.map(({ hitRate }) => hitRate),
      shares.map(({ meanReciprocalRank }) => meanReciprocalRank),
    ]
  }, [hours])
  const newest = hours?.at(-1)
  return (
    <Panel
      title="Quality on live traffic"
      note="Of the events whose item was wanted and new to the user: how many were among the first 20 of the list just before. The lines are means of six hours."
    >
      <Pending of={{ data, error, askAgain }} />
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
            label={`Hit rate and mean reciprocal rank over ${series[0].length} hours; the newest hit rate is ${percent(newest.hitRate)}`}
          />
        </>
      )}
    </Panel>
  )
}

function sayTime(seconds: number): string {
  const at = new Date(seconds * 1000)
  if (at.getHours() === 0 && at.getMinutes() === 0)
    return at.toLocaleDateString('en', { month: 'short', day: 'numeric' })
  return at.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}
