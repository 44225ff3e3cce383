import type uPlot from 'uplot'
import { Chart, type Color, type Data } from './chart.tsx'

/** The last 90 seconds; a page that was just opened begins with a shorter window, so that data is visible at once. */
const windowSeconds = { min: 12, max: 90 }

const sparkWith = (property: string) => (color: Color) =>
  ({
    padding: [3, 0, 3, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false } as uPlot.Select,
    scales: {
      x: { time: false, range: (_, min, max) => [windowFrom(min, max), max] },
      y: { range: (_, _min, max) => [0, Math.max(max ?? 0, 1e-9) * 1.05] },
    },
    axes: [{ show: false }, { show: false }],
    series: [
      {},
      {
        stroke: color(property),
        width: 1.5,
        fill: `color-mix(in srgb, ${color(property)} 14%, transparent)`,
        points: { show: false },
        spanGaps: false,
      },
    ],
  }) satisfies Omit<uPlot.Options, 'width' | 'height'>

const windowFrom = (min: number, max: number): number =>
  Math.max(max - windowSeconds.max, Math.min(min, max - windowSeconds.min))

const options = { rate: sparkWith('--series-1'), lag: sparkWith('--series-2'), latency: sparkWith('--series-3') }

export function Spark({ data, kind, label }: { data: Data; kind: keyof typeof options; label: string }) {
  return <Chart data={data} options={options[kind]} height={26} label={label} />
}
