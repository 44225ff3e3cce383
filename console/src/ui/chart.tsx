import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import css from './chart.module.css'

export type Data = uPlot.AlignedData
/** Colours by the name of a custom property, so that a chart follows the light or dark scheme. */
export type Colour = (property: string) => string

interface ChartProps {
  readonly data: Data
  /** Made anew when its identity changes: keep it outside of components. */
  readonly options: (colour: Colour) => Omit<uPlot.Options, 'width' | 'height'>
  readonly height: number
  /** What the picture says, for those who do not see it. */
  readonly label: string
}

/** uPlot in a box: as wide as the box, in the colours of the page. */
export function Chart({ data, options, height, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(data)
  const scheme = useColourScheme()

  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colours
  useEffect(() => {
    const element = box.current!
    const style = getComputedStyle(element)
    const colour = (property: string) => style.getPropertyValue(property).trim()
    const size = () => ({ width: Math.max(element.clientWidth, 20), height })
    const made = new uPlot({ ...size(), ...options(colour) }, latest.current, element)
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

function useColourScheme() {
  const [isDark, setDark] = useState(dark.matches)
  useEffect(() => {
    const changed = () => setDark(dark.matches)
    dark.addEventListener('change', changed)
    return () => dark.removeEventListener('change', changed)
  }, [])
  return isDark
}

/** Axes in the tone of the page. */
export function axis(colour: Colour, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: colour('--soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    gap: 4,
    ...more,
  }
}
