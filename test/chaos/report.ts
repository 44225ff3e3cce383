import Table from 'cli-table3'
import { type Findings, holdsFor } from './findings.ts'

export function toJson(seed: number, { faults, holds, details, notes }: Findings) {
  return { seed, faults, holds, details, notes }
}

export function printTable(seed: number, { faults, holds, details, notes }: Findings): void {
  const columns = ['times', 'lost', 'doubled', 'stale', 'diverged', 'refused', 'notRecovered'] as const
  const head = ['fault', 'times', 'lost', 'doubled', 'stale', 'diverged', 'refused', 'not recovered', 'holds']
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const fault of faults) {
    table.push([fault.name, ...columns.map((column) => fault[column]), holdsFor(fault) ? 'yes' : 'NO'])
  }
  console.log(table.toString())
  for (const detail of [...notes, ...details]) console.log(`  ${detail}`)
  console.log(`seed ${seed}: ${holds ? 'everything held' : 'NOT everything held'}`)
}
