import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import css from './chart.module.css'

export type Data = uPlot.AlignedData
/** Colors by the name of a custom property, so that a chart follows the light or dark scheme. */
export type Color = (property: string) => string

interface ChartProps {
  readonly data: Data
  /** The chart is rebuilt when its identity changes: keep it outside of components. */
  readonly options: (color: Color) => Omit<uPlot.Options, 'width' | 'height'>
  readonly height: number
  /** Accessible description of the chart. */
  readonly label: string
}

/** A uPlot chart in the width of its box and the colors of the page. */
export function Chart({ data, options, height, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(data)
  const scheme = useColorScheme()

  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colors
  useEffect(() => {
    const element = box.current!
    const style = getComputedStyle(element)
    const color = (property: string) => style.getPropertyValue(property).trim()
    const size = () => ({ width: Math.max(element.clientWidth, 20), height })
    const made = new uPlot({ ...size(), ...options(color) }, latest.current, element)
    plot.current = made
    const observer = new ResizeObserver(() => {
      if (Math.abs(made.width - size().width) > 0.5) made.setSize(size())
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [options, height, scheme])

  useEffect(() => {
    latest.current = data
    plot.current?.setData(data)
  }, [data])

  return <div ref={box} className={css.chart} role="img" aria-label={label} />
}

const dark = matchMedia('(prefers-color-scheme: dark)')

function useColorScheme() {
  const [isDark, setDark] = useState(dark.matches)
  useEffect(() => {
    const changed = () => setDark(dark.matches)
    dark.addEventListener('change', changed)
    return () => dark.removeEventListener('change', changed)
  }, [])
  return isDark
}

/** Axes in the colors of the page. */
export function axis(color: Color, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: color('--soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    gap: 4,
    ...more,
  }
}
