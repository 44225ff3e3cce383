import type uPlot from 'uplot'
import { Chart, type Colour, type Data } from './chart.tsx'

/** The last minute and a half, whatever there is of it: it moves from the first second on. */
const windowSeconds = 90

const sparkWith = (property: string) => (colour: Colour) =>
  ({
    padding: [3, 0, 3, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false } as uPlot.Select,
    scales: {
      x: { time: false, range: (_, _min, max) => [max - windowSeconds, max] },
      y: { range: (_, _min, max) => [0, Math.max(max ?? 0, 1e-9) * 1.05] },
    },
    axes: [{ show: false }, { show: false }],
    series: [
      {},
      {
        stroke: colour(property),
        width: 1.5,
        fill: `color-mix(in srgb, ${colour(property)} 14%, transparent)`,
        points: { show: false },
        spanGaps: false,
      },
    ],
  }) satisfies Omit<uPlot.Options, 'width' | 'height'>

const options = { rate: sparkWith('--series-1'), lag: sparkWith('--series-2'), latency: sparkWith('--series-3') }

export function Spark({ data, kind, label }: { data: Data; kind: keyof typeof options; label: string }) {
  return <Chart data={data} options={options[kind]} height={26} label={label} />
}
