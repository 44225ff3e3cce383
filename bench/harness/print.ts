import Table from 'cli-table3'
import type { Figure } from './figure.ts'
import type { Machine } from './machine.ts'

export interface Report {
  readonly bench: string
  readonly machine: Machine
  readonly figures: readonly Figure[]
}

export function printTable({ bench, machine, figures }: Report): void {
  const { cpu, cores, memoryGb, node, loadBefore } = machine
  console.log(`${bench}: ${cores} × ${cpu}, ${memoryGb} GB, Node ${node}, load before ${loadBefore}`)
  const table = new Table({
    head: ['', 'value', 'reference', 'ratio', 'must', 'holds'],
    style: { head: [], border: [] },
  })
  for (const { name, unit, value, reference, ratio, must, holds } of figures) {
    table.push([
      name,
      `${shown(value)} ${unit}`,
      reference === null ? '' : `${shown(reference)} ${unit}`,
      ratio === null ? '' : ratio.toFixed(2),
      must ?? '',
      holds === null ? '' : holds ? 'yes' : 'NO',
    ])
  }
  console.log(table.toString())
  const notes = new Set(figures.flatMap(({ note }) => (note === undefined ? [] : [note])))
  for (const note of notes) console.log(`  ${note}`)
}

function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toPrecision(3)
}
