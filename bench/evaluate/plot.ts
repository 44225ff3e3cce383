import * as vega from 'vega'
import * as lite from 'vega-lite'
import type { Report } from './report.ts'

/** Hit rate by freshness, one line per method, as SVG. */
export async function plotFreshness(report: Report): Promise<string> {
  const order = Object.keys(Object.values(report.methods)[0] ?? {})
  const values = Object.entries(report.methods).flatMap(([method, byFreshness]) =>
    Object.entries(byFreshness).map(([freshness, result]) => ({ method, freshness, hr: result.hr })),
  )
  const { spec } = lite.compile({
    title: `${report.data.split('/').pop()} (${report.mode}): HR@20 by how fresh the system is`,
    width: 520,
    height: 300,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'freshness', type: 'ordinal', sort: order, title: 'events are known after', axis: { labelAngle: 0 } },
      y: { field: 'hr', type: 'quantitative', title: 'HR@20' },
      color: { field: 'method', type: 'nominal', title: null },
    },
  })
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG()
}
