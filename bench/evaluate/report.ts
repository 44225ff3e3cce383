import Table from 'cli-table3'
import type { RankingMetrics } from '../../engine/train/model.ts'
import type { ProtocolRow } from './protocols/run-protocol.ts'
import type { MethodResult } from './walk.ts'

export interface Report {
  data: string
  mode: string
  events: number
  scored: number
  methods: Record<string, Record<string, MethodResult>>
  timings: { trainSeconds: number; microsPerEvent: number; microsPerQuery: Record<string, number> }
  training: { validation: RankingMetrics | null; reason: string }
}

export function printTables(report: Report, out: NodeJS.WritableStream): void {
  out.write(
    `${report.data} · ${report.mode} · ${report.events} events, ${report.scored} scored · ${report.training.reason}\n`,
  )
  const table = new Table({
    head: ['method', 'freshness', 'HR@20', 'MRR@20', 'NDCG@20', 'coverage', 'HR cold', 'HR warm', 'n', 'µs/query'],
    style: { head: [], border: [] },
  })
  for (const [method, byFreshness] of Object.entries(report.methods))
    for (const [freshness, r] of Object.entries(byFreshness))
      table.push([
        method,
        freshness,
        withError(r.hr, r.errors.hr),
        withError(r.mrr, r.errors.mrr),
        r.ndcg.toFixed(4),
        r.coverage.toFixed(3),
        `${r.cold.hr.toFixed(4)} (${r.cold.n})`,
        `${r.warm.hr.toFixed(4)} (${r.warm.n})`,
        r.n,
        r.microsPerQuery.toFixed(0),
      ])
  out.write(`${table.toString()}\n`)
  const { trainSeconds, microsPerEvent } = report.timings
  out.write(
    `trained in ${trainSeconds.toFixed(0)} s; ${microsPerEvent.toFixed(0)} µs per event taken in, all sources\n`,
  )
}

export function printProtocol(title: string, rows: readonly ProtocolRow[], out: NodeJS.WritableStream): void {
  const names = Object.keys(rows[0]?.figures ?? {})
  const table = new Table({ head: ['', ...names, 'n'], style: { head: [], border: [] } })
  for (const { name, figures, errors, n } of rows)
    table.push([name, ...names.map((key) => withError(figures[key]!, errors[key]!)), n])
  out.write(`${title}\n${table.toString()}\n`)
}

/** A figure with its standard error in brackets. */
export function withError(figure: number, error: number): string {
  return `${figure.toFixed(4)} (${error.toFixed(4)})`
}
